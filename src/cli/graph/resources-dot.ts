import type { JsonMap } from '../../engine/model/value.js';
import { toDot } from './dot.js';
import type { StackGraph } from './stack-graph.js';

/** A list of resources as a graph in Graphviz's language. */
export function resourcesToDot(resources: readonly JsonMap[]): string {
  return toDot('resources', graphOfResources(resources)).trimEnd();
}

/** The graph that a list of resources tells, from the `required_by` of each. */
export function graphOfResources(resources: readonly JsonMap[]): StackGraph {
  const nodes = resources.map((resource) => ({
    name: String(resource.resource_name),
    type: String(resource.resource_type ?? ''),
    status: String(resource.resource_status ?? ''),
  }));
  const edges = resources.flatMap((resource) =>
    (Array.isArray(resource.required_by) ? resource.required_by : []).map((user) => ({
      from: String(user),
      to: String(resource.resource_name),
      reason: '',
    })),
  );
  return { nodes, edges };
}
