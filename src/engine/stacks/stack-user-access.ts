import { ForbiddenError } from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, revealed } from '../model/value.js';
import { currentRecords } from '../operations/child-view.js';
import type { Caller } from './requests.js';
import type { ServiceParts } from './service-parts.js';

/** Servers look at themselves only. */
const SERVERS = new Set(['OS::Nova::Server', 'OS::Heat::DeployedServer']);

/**
 * Lets a user that a stack has made look at a resource only if that is its business: servers see themselves, users of
 * the template what their access policies allow, all others nothing. Throws a ForbiddenError.
 */
export async function guardStackUser(
  parts: ServiceParts,
  caller: Caller,
  stack: StackRecord,
  resource: string,
): Promise<void> {
  if (caller.stackId === undefined) return;
  const { outside } = parts.operations.parts;
  const uuid = await outside?.userResource(caller.stackId, caller.userId);
  const records = currentRecords(await parts.operations.records(stack.id));
  const owner = records.find((record) => record.id === uuid);
  if (owner && maySee(owner, resource, records)) return;
  throw new ForbiddenError('You are not authorized to complete this action.');
}

function maySee(owner: ResourceRecord, resource: string, records: readonly ResourceRecord[]): boolean {
  if (SERVERS.has(owner.type)) return owner.name === resource;
  if (owner.type !== 'AWS::IAM::User') return false;
  const policies = listOf(owner, 'Policies').filter((policy) => typeof policy === 'string');
  // Documents of AWS's kind say nothing here; a name that is no policy allows nothing.
  return policies.every((name) => {
    const policy = records.find((record) => record.name === name && record.type === 'OS::Heat::AccessPolicy');
    return policy !== undefined && listOf(policy, 'AllowedResources').includes(resource);
  });
}

function listOf(record: ResourceRecord, property: string): readonly Json[] {
  const properties = revealed(record.properties);
  const value = isMap(properties) ? (properties as JsonMap)[property] : undefined;
  return Array.isArray(value) ? value : [];
}
