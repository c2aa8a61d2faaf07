/** Whose CloudFormation a template is written in; its header tells. */
export type CfnDialect = 'aws' | 'heat';

/** The header of each dialect and the only version that it may name. */
export const HEADERS = {
  aws: { key: 'AWSTemplateFormatVersion', version: '2010-09-09' },
  heat: { key: 'HeatTemplateFormatVersion', version: '2012-12-12' },
} as const;

/** The pseudo parameter that takes its surroundings away. */
export const NO_VALUE_NAME = 'AWS::NoValue';

/** The names that can be referred to without being declared. */
export const PSEUDO_PARAMETERS: { readonly [dialect in CfnDialect]: ReadonlySet<string> } = {
  aws: new Set([
    'AWS::AccountId',
    'AWS::NotificationARNs',
    NO_VALUE_NAME,
    'AWS::Partition',
    'AWS::Region',
    'AWS::StackId',
    'AWS::StackName',
    'AWS::URLSuffix',
  ]),
  heat: new Set(['AWS::Region', 'AWS::StackId', 'AWS::StackName']),
};
