import { NotFoundError } from '../../engine/model/errors.js';
import type { StackRecord } from '../../engine/model/records.js';
import { hasUnknown, type JsonMap, masked, revealed } from '../../engine/model/value.js';
import type { ChangeView } from '../../engine/stacks/requests.js';
import type { Template } from '../../engine/template/template.js';
import type { ActionContext } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { mapOf, mapsOf, needText, textOf } from '../protocol/input-access.js';
import { stackArn } from '../stacks/find-stack.js';
import { isRealChange } from '../stacks/no-changes.js';

export type Imports = { readonly [name: string]: string };

/** What `ResourcesToImport` names: physical ids by logical ids. */
export function readImports({ input, deps }: ActionContext, template: Template): Imports {
  const given = mapsOf(input, 'ResourcesToImport') ?? [];
  if (given.length === 0) throw validationError('ResourcesToImport must be specified for a change set of type IMPORT.');
  return Object.fromEntries(
    given.map((one) => {
      const name = needText(one, 'LogicalResourceId');
      const type = needText(one, 'ResourceType');
      const declared = template.resources.get(name);
      if (declared?.type !== type) {
        throw validationError(`Resource [${name}] of type ${type} to import is not in the template.`);
      }
      if (declared.deletionPolicy === undefined) {
        throw validationError(
          `Resource [${name}] to import must have a DeletionPolicy attribute specified in the template.`,
        );
      }
      return [
        name,
        physicalIdOf(mapOf(one, 'ResourceIdentifier') ?? {}, deps.typeSchema(type)?.primaryIdentifier, name),
      ];
    }),
  );
}

function physicalIdOf(identifier: JsonMap, properties: readonly string[] | undefined, name: string): string {
  const keys = properties?.length ? properties : Object.keys(identifier);
  const values = keys.map((key) => textOf(identifier, key));
  if (keys.length === 0 || values.some((value) => value === undefined || value === '')) {
    throw validationError(`The ResourceIdentifier of resource [${name}] must have the keys [${keys.join(', ')}].`);
  }
  return values.join('|');
}

/** Why an import cannot be: nothing is there, somebody has it, or the template wants more than imports. Undefined if it can. */
export async function importProblem(
  context: ActionContext,
  stack: StackRecord,
  changes: readonly ChangeView[],
  imports: Imports,
): Promise<string | undefined> {
  const others = changes
    .filter((change) => isRealChange(change) && !Object.hasOwn(imports, change.name))
    .map(({ name }) => name);
  if (others.length > 0) {
    return `You have modified resources [${others.join(', ')}] in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.`;
  }
  for (const [name, physicalId] of Object.entries(imports)) {
    const change = changes.find((one) => one.name === name);
    if (change?.action !== 'create') return `Resource [${name}] is part of the stack already and cannot be imported.`;
    const owner = await ownerOf(context, physicalId);
    if (owner)
      return `Resource [${name}] with identifier [${physicalId}] is already managed by stack ${stackArn(owner)}.`;
    if (!(await isThere(context, stack, change, physicalId))) {
      return `Resource of type '${change.type}' with identifier '${physicalId}' was not found.`;
    }
  }
  return undefined;
}

async function ownerOf({ deps, caller }: ActionContext, physicalId: string): Promise<StackRecord | undefined> {
  try {
    return await deps.stacks.owner(caller, physicalId);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

async function isThere(
  { deps, caller }: ActionContext,
  stack: StackRecord,
  change: ChangeView,
  physicalId: string,
): Promise<boolean> {
  const properties = masked(change.wanted?.properties ?? {}) as JsonMap;
  const { name, type } = change;
  return (await deps.stacks.observe(caller, stack.id, { name, type, physicalId, properties })) !== undefined;
}

/** With `ImportExistingResources`: new resources whose name says that they are there already, and that nobody has. */
export async function existingResources(
  context: ActionContext,
  stack: StackRecord,
  changes: readonly ChangeView[],
): Promise<Imports> {
  const found: { [name: string]: string } = {};
  for (const change of changes) {
    const identifier = context.deps.typeSchema(change.type)?.primaryIdentifier ?? [];
    const wanted = change.wanted?.properties ?? {};
    const values = identifier.map((key) => (Object.hasOwn(wanted, key) ? wanted[key] : undefined));
    if (change.action !== 'create' || values.length === 0) continue;
    if (values.some((value) => value === undefined || hasUnknown(value))) continue;
    const physicalId = values.map((value) => String(revealed(value ?? null))).join('|');
    const isFree = (await ownerOf(context, physicalId)) === undefined;
    if (isFree && (await isThere(context, stack, change, physicalId))) found[change.name] = physicalId;
  }
  return found;
}
