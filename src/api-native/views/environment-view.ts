import { type Json, type JsonMap, MASK } from '../../engine/model/value.js';
import { templateTypes } from '../../engine/template/environment/template-types.js';
import type { Template } from '../../engine/template/template.js';
import { isJsonMap } from '../values.js';

function maskHidden(values: Json | undefined, template: Template): JsonMap {
  if (!isJsonMap(values)) return {};
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, template.parameters.get(name)?.hidden ? MASK : value]),
  );
}

/**
 * An environment with all of its sections and the template files that its resources use; values of hidden parameters are
 * masked.
 */
export function environmentView(
  environment: JsonMap,
  template: Template,
  used: { readonly members: boolean },
): JsonMap {
  const registry = isJsonMap(environment.resource_registry) ? environment.resource_registry : {};
  return {
    parameters: maskHidden(environment.parameters, template),
    parameter_defaults: maskHidden(environment.parameter_defaults, template),
    resource_registry: { resources: {}, ...templateTypes(template.document, used), ...registry },
    event_sinks: Array.isArray(environment.event_sinks) ? environment.event_sinks : [],
  };
}
