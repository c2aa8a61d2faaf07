import { didYouMean } from '../../model/closest.js';
import type { SourceMap, SourceNode } from '../source.js';
import type { ParameterGroup } from '../template.js';
import { type HotReader, isEmpty, report, textOf, valueAt } from './hot-reader.js';

const PREFIX = 'Parameter Groups error';

/** The parameter groups of a template. */
export function parseParameterGroups(
  section: SourceNode | undefined,
  parameters: ReadonlySet<string>,
  reader: HotReader,
): ParameterGroup[] {
  if (section === undefined || isEmpty(section)) return [];
  if (section.kind !== 'list') {
    report(reader, 'invalid-shape', 'The parameter_groups should be a list.', ['parameter_groups'], section, {
      prefix: PREFIX,
    });
    return [];
  }
  const grouped = new Set<string>();
  const groups: ParameterGroup[] = [];
  for (const [index, node] of section.items.entries()) {
    if (node.kind === 'map') groups.push(parseGroup(node, grouped, parameters, reader));
    else {
      report(reader, 'invalid-shape', 'Each parameter group must be a map.', ['parameter_groups', index], node, {
        prefix: PREFIX,
      });
    }
  }
  return groups;
}

function parseGroup(
  node: SourceMap,
  grouped: Set<string>,
  parameters: ReadonlySet<string>,
  reader: HotReader,
): ParameterGroup {
  const label = textOf(valueAt(node, 'label'));
  const description = textOf(valueAt(node, 'description'));
  const path = ['parameter_groups', label ?? ''];
  const wrong = (message: string, place: Pick<SourceNode, 'at'>, hint: { hint?: string } = {}) =>
    report(reader, 'invalid-parameter', message, path, place, { prefix: PREFIX, ...hint });
  const list = valueAt(node, 'parameters');
  if (list === undefined || (list.kind === 'scalar' && list.value === null)) {
    wrong('The parameters must be provided for each parameter group.', node);
    return { label, description, parameters: [] };
  }
  if (list.kind !== 'list') {
    wrong('The parameters of parameter group should be a list.', list);
    return { label, description, parameters: [] };
  }
  const names: string[] = [];
  for (const item of list.items) {
    const name = textOf(item) ?? 'None';
    if (grouped.has(name)) wrong(`The ${name} parameter must be assigned to one parameter group only.`, item);
    grouped.add(name);
    names.push(name);
    if (parameters.has(name)) continue;
    wrong(`The grouped parameter ${name} does not reference a valid parameter.`, item, didYouMean(name, parameters));
  }
  return { label, description, parameters: names };
}
