import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { graphOfResources } from '../graph/resources-dot.js';
import { type StackGraph, toStackGraph } from '../graph/stack-graph.js';
import { ApiError } from '../heat/api-error.js';
import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import type { CommandAction } from '../program/command-spec.js';
import { messageOf } from '../program/error-text.js';
import { CommandError } from '../program/exit-codes.js';

/** `baton stack graph`. */
export const drawGraph: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const graph = await readGraph(client, stack);
  const drawing = await draw(stack.name, graph, options.text('format') ?? 'dot');
  const file = options.text('outputFile');
  if (file === undefined) {
    context.terminal.out.write(drawing);
    return;
  }
  const path = resolve(context.settings.cwd, file);
  try {
    await writeFile(path, drawing);
  } catch (cause) {
    throw new CommandError(`Cannot write ${path}: ${messageOf(cause)}`);
  }
};

/** Engines other than baton have no graph to give: theirs is put together from the resource list, without reasons. */
async function readGraph(client: HeatClient, stack: StackIdentity): Promise<StackGraph> {
  try {
    return toStackGraph(await client.get(`${stack.path}/graph`));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    return graphOfResources(await client.list(`${stack.path}/resources`, 'resources'));
  }
}

async function draw(name: string, graph: StackGraph, format: string): Promise<string> {
  switch (format) {
    case 'svg':
      return (await import('../graph/svg.js')).toSvg(name, graph);
    case 'mermaid':
      return (await import('../graph/mermaid.js')).toMermaid(graph);
    default:
      return (await import('../graph/dot.js')).toDot(name, graph);
  }
}
