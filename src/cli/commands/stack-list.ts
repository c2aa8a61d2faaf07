import type { JsonMap } from '../../engine/model/value.js';
import { parsePairs } from '../files/parameters.js';
import { compareCells } from '../output/render.js';
import { listObjects } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import { UsageError } from '../program/exit-codes.js';
import type { Options } from '../program/parsed-arguments.js';

const TAG_MODES: { readonly [mode: string]: string } = { any: 'tags_any', not: 'not_tags', 'not-any': 'not_tags_any' };

/** `baton stack list`. */
export const listStacks: CommandAction = async (context, _operands, options) => {
  const query = stackQuery(options);
  const client = await context.client();
  const stacks = await client.list('/stacks', 'stacks', query);
  const columns = ['ID', 'Stack Name'];
  if (stacks.some((stack) => Object.hasOwn(stack, 'project'))) columns.push('Project');
  if (options.isSet('long')) columns.push('Stack Owner');
  columns.push('Stack Status');
  if (!options.isSet('short')) columns.push('Creation Time', 'Updated Time');
  if (options.isSet('nested')) columns.push('Parent');
  if (options.isSet('deleted')) columns.push('Deletion Time');
  return listObjects(sortObjects(stacks, options.many('sort')), columns);
};

function stackQuery(options: Options): { [key: string]: string | string[] } {
  const query: { [key: string]: string | string[] } = { ...parsePairs(options.many('property'), { semicolons: true }) };
  const limit = options.count('limit');
  const marker = options.text('marker');
  if (limit !== undefined) query.limit = String(limit);
  if (marker !== undefined) query.marker = marker;
  if (options.isSet('allProjects')) query.global_tenant = 'True';
  if (options.isSet('deleted')) query.show_deleted = 'True';
  if (options.isSet('hidden')) query.show_hidden = 'True';
  if (options.isSet('nested')) query.show_nested = 'True';
  const tags = options.text('tags');
  if (tags !== undefined) {
    const mode = options.text('tagMode');
    const key = mode === undefined ? 'tags' : TAG_MODES[mode];
    if (key === undefined) throw new UsageError('tag mode must be one of "any", "not", "not-any"');
    query[key] = tags;
  }
  return query;
}

/** Orders by `key:direction` words, the first one first; a key of columns (`Stack Name`) or of fields (`stack_name`). */
export function sortObjects(items: readonly JsonMap[], words: readonly string[]): JsonMap[] {
  const keys = words
    .flatMap((word) => word.split(','))
    .map((word) => {
      const [key = '', direction = 'asc'] = word.split(':');
      if (direction !== 'asc' && direction !== 'desc')
        throw new UsageError(`--sort ${word}: the direction is asc or desc`);
      return { field: key.toLowerCase().replaceAll(' ', '_'), sign: direction === 'desc' ? -1 : 1 };
    });
  return [...items].sort((a, b) => {
    for (const { field, sign } of keys) {
      const order = compareCells(a[field] ?? null, b[field] ?? null);
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}
