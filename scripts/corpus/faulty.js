/**
 * Templates of the corpus that an engine rightly refuses: what they are called, what the engine says, and why that is not
 * the engine's to mend. Both must match, so a refusal for another reason is still a surprise.
 */
export const FAULTY = [
  {
    name: '',
    reason:
      /the tag '!Rain::|type must be string|'Overrides'|Rain::|Value of property (ZipFile|TemplateBody) must be of type String/,
    why: 'written for a preprocessor (rain) that puts files in',
  },
  { name: '', reason: /AWS::Serverless-2016-10-31 is not supported/, why: 'the serverless transform is not supported' },
  {
    name: 'aws/CloudFormation/MacrosExamples',
    reason:
      /No transform named|could not be found|unsupported property|must be of type|Template format version not found/,
    why: 'needs a macro that nobody has deployed',
  },
  {
    name: 'cfn-good/functions/sub.yaml',
    reason: /No transform named DynamicUserData/,
    why: 'needs a macro that nobody has deployed',
  },
  {
    name: 'aws/Solutions/VPCPeering/templates/VPCPeering-Accepter.main',
    reason: /Parameter \(LambdaRoleName\) was not defined/,
    why: 'gives its child a parameter that the child does not have',
  },
  {
    name: 'aws/AWSSupplyChain/SapPrivateLink/SapPrivateLink.json',
    reason: /Rule SubnetsInVPC failed/,
    why: 'its rule compares the words "Subnets" and "VpcId" with a VPC: a function got lost',
  },
  {
    name: '',
    reason: /Invalid service token/,
    why: 'its custom resource is code in AWS Lambda, which is not run here',
  },
  {
    name: 'cfn-good/properties_rt_association.yaml',
    reason: /Topics from 'region' are not reachable in this region/,
    why: 'the topic of its custom resource is a placeholder: "region", "account-id"',
  },
  {
    name: 'cfn-good/custom/is-not-defined',
    reason: /Code must be an object/,
    why: 'its code is still a local path, for "aws cloudformation package"',
  },
  {
    name: 'cfn-good/custom/is-defined',
    reason: /The template section is invalid: Parameter/,
    why: 'misspells a section',
  },
  {
    name: 'cfn-good/functions/sub_needed',
    reason: /The specified reference/,
    why: 'refers to resources that it does not have',
  },
  {
    name: 'cfn-good',
    reason: /Encountered unsupported property Fn::If/,
    why: 'has a function where property names belong',
  },
  { name: 'cfn-good/mappings/name', reason: /At least one Resources member/, why: 'has no resources' },
  { name: 'cfn-good/schema_resource', reason: /Initech::TPS::Report/, why: 'uses a private type' },
  {
    name: 'cfn-good/resources_deletionpolicy',
    reason: /Unable to get mapping for StackIdMap/,
    why: 'knows only one id that its stack may have',
  },
  {
    name: 'heat/cfn/F17/WordPress_Single_Instance_With_Neutron',
    reason: /reference "IPAddress"/,
    why: 'refers to a resource that it does not have',
  },
  { name: 'heat/cfn/F17/invalid', reason: /Circular Dependency/, why: 'has a cycle, and is kept for that' },
  { name: 'heat/hot/barbican', reason: /Expiration time is out of date/, why: 'names a day that has gone by' },
  { name: 'heat/hot/mistral', reason: /OS::Mistral::Workflow is not supported/, why: 'workflows are not run here' },
  { name: 'heat/hot/autohealing', reason: /OS::Mistral::Workflow is not supported/, why: 'workflows are not run here' },
  { name: 'heat/hot/multi_region', reason: /RegionTwo region not found/, why: 'needs a second region' },
];
