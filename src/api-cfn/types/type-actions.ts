import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import { partitionOf } from '../../engine/planning/stack-identity.js';
import type { Action, ActionContext } from '../action.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { mapOf, textOf } from '../protocol/input-access.js';
import { askedPage } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { provisioningType, typeSchemaDocument } from './type-schema.js';

/** Every type has one version. */
const VERSION = '00000001';
/** When CloudFormation's registry opened: the time of types that were there before everything. */
const SINCE = Date.UTC(2019, 10, 18);

function typeArn({ caller }: ActionContext, name: string): string {
  return `arn:${partitionOf(caller.region)}:cloudformation:${caller.region}::type/resource/${name.replaceAll('::', '-')}`;
}

/** The type that a request names, by its name or its ARN. */
function needType(context: ActionContext): { readonly name: string; readonly schema: ResourceSchema } {
  const { deps, input } = context;
  const arn = textOf(input, 'Arn');
  const given = textOf(input, 'TypeName');
  if (arn === undefined && (given === undefined || textOf(input, 'Type') === undefined)) {
    throw validationError('Either Arn, or TypeName and Type must be specified.');
  }
  const name = given ?? nameInArn(arn ?? '');
  const isResource = (textOf(input, 'Type') ?? 'RESOURCE') === 'RESOURCE';
  const schema = isResource && name.startsWith('AWS::') ? deps.typeSchema(name) : undefined;
  const version = textOf(input, 'VersionId');
  if (!schema || (version !== undefined && version !== VERSION)) {
    throw modeledError('TypeNotFoundException', `The type '${given ?? arn ?? ''}' cannot be found.`);
  }
  return { name, schema };
}

function nameInArn(arn: string): string {
  const [, last = ''] = /:type\/resource\/([A-Za-z0-9-]+)(?:\/\d+)?$/.exec(arn) ?? [];
  return last.replaceAll('-', '::');
}

async function describeType(context: ActionContext): Promise<Output> {
  const { name, schema } = needType(context);
  return {
    Arn: typeArn(context, name),
    Type: 'RESOURCE',
    TypeName: name,
    DefaultVersionId: VERSION,
    IsDefaultVersion: true,
    Description: `Resource Type definition for ${name}`,
    Schema: JSON.stringify(typeSchemaDocument(schema)),
    ProvisioningType: provisioningType(schema),
    DeprecatedStatus: 'LIVE',
    Visibility: 'PUBLIC',
    LastUpdated: SINCE,
    TimeCreated: SINCE,
    IsActivated: true,
  };
}

async function listTypes(context: ActionContext): Promise<Output> {
  const { deps, input } = context;
  const filters = mapOf(input, 'Filters') ?? {};
  const category = textOf(filters, 'Category');
  const prefix = textOf(filters, 'TypeNamePrefix') ?? '';
  const provisioning = textOf(input, 'ProvisioningType');
  const isEmpty =
    // Nobody has registered anything of his own, which is what is listed unless told otherwise.
    (textOf(input, 'Visibility') ?? 'PRIVATE') === 'PRIVATE' ||
    (textOf(input, 'Type') ?? 'RESOURCE') !== 'RESOURCE' ||
    textOf(input, 'DeprecatedStatus') === 'DEPRECATED' ||
    (category !== undefined && category !== 'AWS_TYPES' && category !== 'ACTIVATED') ||
    textOf(filters, 'PublisherId') !== undefined;
  const names = isEmpty
    ? []
    : (deps.typeNames?.() ?? []).filter((name) => name.startsWith('AWS::') && name.startsWith(prefix));
  const shown = provisioning === undefined ? names : names.filter((name) => isProvisioned(context, name, provisioning));
  const { items, nextToken } = askedPage('ListTypes', shown, input);
  return {
    TypeSummaries: items.map((name) => ({
      Type: 'RESOURCE',
      TypeName: name,
      DefaultVersionId: VERSION,
      TypeArn: typeArn(context, name),
      LastUpdated: SINCE,
      Description: `Resource Type definition for ${name}`,
      IsActivated: true,
    })),
    NextToken: nextToken,
  };
}

function isProvisioned({ deps }: ActionContext, name: string, wanted: string): boolean {
  const schema = deps.typeSchema(name);
  return schema !== undefined && provisioningType(schema) === wanted;
}

async function listTypeVersions(context: ActionContext): Promise<Output> {
  const { name } = needType(context);
  const isHidden = textOf(context.input, 'DeprecatedStatus') === 'DEPRECATED';
  const version = {
    Type: 'RESOURCE',
    TypeName: name,
    VersionId: VERSION,
    IsDefaultVersion: true,
    Arn: `${typeArn(context, name)}/${VERSION}`,
    TimeCreated: SINCE,
    Description: `Resource Type definition for ${name}`,
  };
  return { TypeVersionSummaries: isHidden ? [] : [version] };
}

/** Types come with the installation: nobody registers any. */
async function listTypeRegistrations(): Promise<Output> {
  return { RegistrationTokenList: [] };
}

/** What reads the registry of types. */
export const actions: readonly Action[] = [
  { name: 'DescribeType', handle: describeType },
  { name: 'ListTypes', handle: listTypes },
  { name: 'ListTypeVersions', handle: listTypeVersions },
  { name: 'ListTypeRegistrations', handle: listTypeRegistrations },
];
