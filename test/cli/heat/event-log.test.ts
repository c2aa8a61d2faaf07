import { EventLog } from '../../../src/cli/heat/event-log.js';
import type { StackEvent } from '../../../src/cli/heat/stack-event.js';

function event(stackName: string, resourceName: string, more: Partial<StackEvent> = {}): StackEvent {
  return {
    id: `${stackName}/${resourceName}`,
    time: '2026-01-01T10:00:00Z',
    stackId: `id-of-${stackName}`,
    stackName,
    resourceName,
    physicalId: '',
    status: 'CREATE_IN_PROGRESS',
    reason: 'state changed',
    ofStack: false,
    wire: {},
    ...more,
  };
}

const paths = (lines: string[]) => lines.map((line) => /\[(.*)\]/.exec(line)?.[1]);

test('a nested stack goes by its path, even before its resource has an id', () => {
  const log = new EventLog();
  expect(
    paths(
      log.lines([
        event('web', 'group'),
        event('web-group-jatuqjt2rnhp', '0'),
        event('web-group-jatuqjt2rnhp-0-yz233ggyzfem', 'port'),
        event('web-group-jatuqjt2rnhp-0-yz233ggyzfem', '', { ofStack: true }),
      ]),
    ),
  ).toEqual(['web.group', 'web.group.0', 'web.group.0.port', 'web.group.0']);
});

test('a stack of which nothing is known goes by its name', () => {
  expect(paths(new EventLog().lines([event('other-thing-jatuqjt2rnhp', 'a')]))).toEqual(['other-thing-jatuqjt2rnhp.a']);
});

test('an id tells where a stack belongs when its name does not', () => {
  const log = new EventLog();
  expect(paths(log.lines([event('web', 'n', { physicalId: 'id-of-x' }), event('x', 'a')]))).toEqual([
    'web.n',
    'web.n.a',
  ]);
});
