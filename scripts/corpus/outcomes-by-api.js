/**
 * Why templates of the corpus do not get through the API, in its words. `template`: AWS itself would refuse it as it
 * stands. `service`: AWS would take it, this service does not offer what it needs; that counts as not passed.
 */
export const REASONS = [
  ...[
    'aws/CloudFormation/MacrosExamples/Boto3/',
    'aws/CloudFormation/MacrosExamples/Count/',
    'aws/CloudFormation/MacrosExamples/ExecutionRoleBuilder/',
    'aws/CloudFormation/MacrosExamples/Explode/',
    'aws/CloudFormation/MacrosExamples/StackMetrics/',
    'cfn-good/resources/cloudformation/sam_stacks',
    'cfn-good/some_logs_stream_lambda',
    'cfn-good/transform/applications_location',
    'cfn-good/transform/auto_publish_alias',
    'cfn-good/transform/function_using_image',
    'cfn-good/transform/list_transform_many',
  ].map((name) => ({
    name,
    reason: /AWS::Serverless-2016-10-31 is not supported/,
    side: 'template',
    why: 'its code or templates are still local paths, for "aws cloudformation package"',
  })),
  { name: '', reason: /AWS::Serverless-2016-10-31 is not supported/, side: 'service', why: 'the serverless transform' },
  {
    name: 'cfn-good',
    reason: /Invalid service token: Arn\.|Topics from 'region'/,
    side: 'template',
    why: 'has a placeholder for the token of a custom resource',
  },
  {
    name: '',
    reason: /the tag '!Rain::|Rain::|Value of property (ZipFile|TemplateBody) must be of type String/,
    side: 'template',
    why: 'written for a preprocessor (rain) that puts files in',
  },
  {
    name: 'aws/',
    reason: /\[\/Resources\/(Network|Storage)\/Type\] value must be a string/,
    side: 'template',
    why: 'written for a preprocessor (rain) that puts files in',
  },
  {
    name: 'aws/CloudFormation/MacrosExamples',
    reason:
      /No transform named|Unrecognized resource types|unsupported property|must be of type|At least one Resources member/,
    side: 'template',
    why: 'needs a macro that has to be deployed first',
  },
  {
    name: 'cfn-good/functions/sub.yaml',
    reason: /No transform named/,
    side: 'template',
    why: 'needs a macro that has to be deployed first',
  },
  {
    name: 'aws/AWSSupplyChain/SapPrivateLink/SapPrivateLink.json',
    reason: /Rule SubnetsInVPC failed/,
    side: 'template',
    why: 'its rule compares words: a function got lost',
  },
  {
    name: 'cfn-good/custom/is-not-defined',
    reason: /Code must be an object/,
    side: 'template',
    why: 'its code is still a local path, for "aws cloudformation package"',
  },
  {
    name: 'cfn-good/custom/is-defined',
    reason: /Invalid template property/,
    side: 'template',
    why: 'misspells a section',
  },
  {
    name: 'cfn-good/functions/sub_needed',
    reason: /references undefined resource/,
    side: 'template',
    why: 'refers to resources that it does not have',
  },
  {
    name: 'cfn-good',
    reason: /Encountered unsupported property Fn::If/,
    side: 'template',
    why: 'has a function where property names belong',
  },
  {
    name: 'cfn-good/mappings/name',
    reason: /At least one Resources member/,
    side: 'template',
    why: 'has no resources',
  },
  {
    name: 'cfn-good',
    reason: /Initech::TPS::Report|My::Organization::Custom::MODULE/,
    side: 'template',
    why: 'uses a type that its owner has to register first',
  },
  {
    name: 'cfn-good/resources_deletionpolicy',
    reason: /Unable to get mapping for StackIdMap/,
    side: 'template',
    why: 'knows only one id that its stack may have',
  },
  {
    name: 'cfn-good/minimal',
    reason: /bucket-dne/,
    side: 'template',
    why: 'nests a template of a bucket that does not exist',
  },
];
