import type { JsonMap } from '../../engine/model/value.js';
import type { OutputView, PreviewResource, PreviewView } from '../../engine/stacks/requests.js';
import type { TypeCatalogue } from '../api-types.js';
import { link, type StackPlace } from '../links.js';
import type { RequestContext } from '../request-context.js';
import { plannedResource } from './engine-resource.js';
import { outputView } from './stack-view.js';
import { isoTime } from './time.js';

/** Every property of the type, given or not. */
function allProperties(catalogue: TypeCatalogue, resource: PreviewResource): JsonMap {
  const known = catalogue.schema(resource.type)?.properties ?? {};
  const defaults = Object.entries(known).map(([name, property]) => [name, property.default ?? null]);
  return { ...Object.fromEntries(defaults), ...resource.properties };
}

/** The members of a nested stack are a list in place of the resource that stands for it. */
function resourceTree(
  catalogue: TypeCatalogue,
  stack: StackPlace,
  resource: PreviewResource,
  parent: string | undefined,
): unknown {
  if (resource.nested !== undefined) {
    const nested = { ...stack, name: `${stack.name}-${resource.name}` };
    return resource.nested.map((member) => resourceTree(catalogue, nested, member, resource.name));
  }
  return {
    ...plannedResource(catalogue, stack, resource, parent),
    properties: allProperties(catalogue, resource),
  };
}

function previewOutputs(view: PreviewView): JsonMap[] {
  const outputs: readonly OutputView[] =
    view.outputs ??
    [...view.template.outputs.values()].map(({ name, description }) => ({
      name,
      description,
      value: null,
      error: undefined,
      exportName: undefined,
    }));
  return outputs.map((output) => outputView({ ...output, error: undefined }));
}

/** A stack that is not made: the answer of `POST /stacks/preview`. */
export function previewView({ deps, caller, links }: RequestContext, view: PreviewView): JsonMap {
  const stack: StackPlace = { projectId: caller.projectId, name: view.name, id: 'None' };
  const description = view.template.description ?? 'No description';
  return {
    stack_name: view.name,
    id: 'None',
    links: [link(links.stack(stack))],
    creation_time: isoTime(deps.now()),
    updated_time: null,
    deletion_time: null,
    notification_topics: [],
    parameters: { ...view.parameters },
    description,
    template_description: description,
    capabilities: [],
    disable_rollback: view.disableRollback,
    timeout_mins: view.timeoutMins ?? null,
    stack_owner: caller.userName,
    parent: null,
    stack_user_project_id: null,
    tags: [...view.tags],
    outputs: previewOutputs(view),
    resources: view.resources.map((resource) => resourceTree(deps.catalogue, stack, resource, undefined)) as JsonMap[],
  };
}
