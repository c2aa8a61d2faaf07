import { ValidationError } from '../model/errors.js';
import type { StackRecord } from '../model/records.js';
import { hasUnknown, type JsonMap, revealed } from '../model/value.js';
import type { EngineParts } from '../operations/engine-parts.js';
import type { DesiredResource, DesiredStack } from '../planning/desired.js';
import { evaluateResource } from '../planning/evaluate-resource.js';
import { LookupNeeded } from '../planning/lookups.js';
import { identityOf } from '../planning/stack-identity.js';
import { pendingScope } from '../planning/validate-desired.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { environmentDocument } from '../template/environment/environment.js';

/**
 * The checks that ask another service (the template of a stack in another region); throws what the first of them says
 * against it. Resources whose properties depend on others are left to the moment when they are made.
 */
export async function validateOutside(engine: EngineParts, stack: StackRecord, desired: DesiredStack): Promise<void> {
  const { outside } = engine;
  if (!outside) return;
  for (const resource of desired.resources.values()) {
    const { type, name, mappingPath } = resource;
    if (!type.validateOutside) continue;
    const properties = knownProperties(engine, stack, desired, resource);
    const message = await (properties &&
      type.validateOutside(properties, {
        region: stack.region,
        stacksIn: (region) => outside.stacksIn(stack, region),
        inheritance: () => ({
          environment: environmentDocument(childEnvironment(desired.environment, name, mappingPath)),
          files: desired.record.files,
        }),
      }));
    if (message === undefined) continue;
    throw new ValidationError([{ severity: 'error', code: 'invalid-property', message, path: [] }]);
  }
}

function knownProperties(
  { cloudOf }: EngineParts,
  stack: StackRecord,
  desired: DesiredStack,
  resource: DesiredResource,
): JsonMap | undefined {
  const scope = pendingScope({ desired, stack: identityOf(stack), zones: cloudOf(stack).zones });
  try {
    const { properties } = evaluateResource(desired, resource, scope).evaluated;
    return hasUnknown(properties) ? undefined : (revealed(properties) as JsonMap);
  } catch (error) {
    if (error instanceof LookupNeeded) return undefined;
    throw error;
  }
}
