/** What CloudFormation says of a function that is called wrongly. */
export const USAGE = {
  ref: 'Template error: every Ref object must have a single String value.',
  getAtt:
    'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  join:
    'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be ' +
    'joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
  split:
    'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or ' +
    'a function that returns a string to be split.',
  select: 'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
  selectIndex: 'Template error: Fn::Select requires a list argument with a valid index value as its first element',
  findInMap:
    'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
  base64: 'Template error: every Fn::Base64 object must have a String-typed value.',
  getAzs: 'Template error: every Fn::GetAZs object must have a String-typed value.',
  cidr: 'Template error: every Fn::Cidr object requires (1) a CIDR block, (2) a count between 1 and 256 and (3) the number of CIDR bits',
  importValue:
    'Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs',
  sub:
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first " +
    'argument, and an optional second argument to specify a mapping of values to replace in the string',
  subName:
    'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
  subKey:
    'Template error: every key of the context object of every Fn::Sub object must contain only alphanumeric characters and underscores',
  subValue:
    'Template error: every value of the context object of every Fn::Sub object must be a string or a function that returns a string',
  ifCondition: 'Template error: Fn::If requires a list argument with the first element being a condition',
  ifElements: 'Template error: Fn::If requires a list argument with three elements',
  and: 'Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.',
  or: 'Template error: every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.',
  not: 'Template error: every Fn::Not object requires one boolean parameter.',
  equals: 'Template error: every Fn::Equals object requires a list of 2 string parameters.',
  condition: 'Template error: every Condition object must have a single String value.',
  getStackOutput:
    'Template error: every Fn::GetStackOutput object requires StackName and OutputName, and optionally Region and RoleArn',
  transform: 'Template error: every Fn::Transform object requires a Name and optionally Parameters',
  length: 'Template error: every Fn::Length object requires a list or a function that returns a list',
  toJsonString: 'Template error: every Fn::ToJsonString object requires an object or a list',
  replace: 'Template error: every Fn::Replace object requires a mapping of strings and a string',
  memberListToMap:
    'Template error: every Fn::MemberListToMap object requires the name of the key, the name of the value and a list of members',
  resourceFacade: 'Template error: every Fn::ResourceFacade object must be Metadata, DeletionPolicy or UpdatePolicy',
} as const;
