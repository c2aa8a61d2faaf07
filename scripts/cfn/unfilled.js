/** Members of answers that stay empty here, and why. */
export const UNFILLED = [
  { match: /\.NextToken$/, why: 'such a list never goes on, or the play does not make it that long' },
  { match: /Hook/, why: 'there are no hooks' },
  {
    match: /Validation(FailureMode|Name|Status|StatusReason|Path)$/,
    why: 'what a validation finds is told by the status of the change set, or refused at once',
  },
  { match: /ModuleInfo|PhysicalResourceIdContext/, why: 'there are no modules' },
  {
    match: /AutoDeployment|OrganizationalUnitIds|AccountsUrl|AccountFilterType/,
    why: 'there is no organization: accounts are named',
  },
  {
    match: /^(DescribeType|ListTypes|ListTypeVersions|ListTypeRegistrations)\./,
    why: 'of types that third parties register, activate or test; all types here come with the service',
  },
  { match: /\.UsePreviousValue$/, why: 'only requests have it' },
  { match: /^DescribeStack(Resource|Resources)\..*\.Description$/, why: 'CloudFormation never fills it either' },
  {
    match: /\.DetailedStatus$/,
    why: 'stacks here are never stopped by a validation in advance or complete in configuration only',
  },
  {
    match:
      /(DescribeResourceScan|ListResourceScans|DescribeStackDriftDetectionStatus|StackSetOperation(s\.Summaries)?|DriftStatusReason|StackSetOperations).*Reason$/,
    why: 'there only after a failure of the service itself',
  },
  {
    match:
      /(DeploymentMode|StackDriftStatus|ResourceDriftStatus|ResourceDriftIgnoredAttributes|PreviousDeploymentContext|Target\.Drift)/,
    why: 'of change sets that revert drift, which are refused: `DeploymentMode` is not offered',
  },
  { match: /GetTemplateSummary\.Warnings/, why: 'warns of types that are not known; those are refused' },
  { match: /StackSet.*ResolvedValue$|StackInstance.*ResolvedValue$/, why: 'sets show parameters as they were given' },
  {
    match: /DescribeChangeSet\.Parameters\.ResolvedValue$/,
    why: 'stored parameters are read when a change set is carried out',
  },
  { match: /DriftStatusReason$/, why: 'there only after a failure of the service itself' },
  { match: /DeletionMode$/, why: 'there only while a deletion is forced after one that failed' },
];
