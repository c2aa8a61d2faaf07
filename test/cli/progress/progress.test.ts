import { toStackEvent } from '../../../src/cli/heat/stack-event.js';
import { palette } from '../../../src/cli/output/colors.js';
import { displayWidth } from '../../../src/cli/output/display-width.js';
import { formatDuration } from '../../../src/cli/progress/format-duration.js';
import { LiveRegion, stripAnsi } from '../../../src/cli/progress/live-region.js';
import {
  applyEvents,
  applyResources,
  countProgress,
  emptyProgress,
  estimateLeftMs,
  type ProgressState,
} from '../../../src/cli/progress/progress-state.js';
import { renderProgress } from '../../../src/cli/progress/render-progress.js';
import type { JsonMap } from '../../../src/engine/model/value.js';
import { event, resource, STACK_ID } from '../fake-heat.js';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const view = { columns: 80, rows: 30, colors: palette(false), frame: 0 };
const feed = (state: ProgressState, at: number, ...events: JsonMap[]): ProgressState =>
  applyEvents(state, events.map(toStackEvent), at);
const start = (...resources: JsonMap[]): ProgressState => applyResources(emptyProgress('web', STACK_ID, T0), resources);

test('counts follow the events; a resource that only the list knows waits', () => {
  let state = start(resource('a'), resource('b'), resource('c'), resource('d'));
  state = feed(
    state,
    T0,
    event('a', 'CREATE_IN_PROGRESS'),
    event('b', 'CREATE_IN_PROGRESS'),
    event('c', 'CREATE_IN_PROGRESS'),
  );
  state = feed(state, T0 + 100, event('a', 'CREATE_COMPLETE'), event('b', 'CREATE_FAILED'));
  expect(countProgress(state)).toEqual({ total: 4, done: 1, busy: 1, failed: 1, waiting: 1 });
});

test('what is COMPLETE from an earlier operation waits until this one speaks of it', () => {
  expect(countProgress(start(resource('a', 'CREATE_COMPLETE')))).toMatchObject({ done: 0, waiting: 1 });
});

test('a list read before an event does not take a status back', () => {
  let state = feed(start(resource('a')), T0, event('a', 'CREATE_COMPLETE'));
  state = applyResources(state, [resource('a', 'CREATE_IN_PROGRESS')]);
  expect(countProgress(state).done).toBe(1);
});

test('the tree shows states, times, failures and nested stacks under their resource', () => {
  let state = start(resource('net'), resource('group', 'INIT_COMPLETE', 'nested-1'), resource('late'));
  state = feed(
    state,
    T0,
    event('web', 'CREATE_IN_PROGRESS'),
    event('net', 'CREATE_IN_PROGRESS'),
    event('group', 'CREATE_IN_PROGRESS', { physicalId: 'nested-1' }),
    event('0', 'CREATE_IN_PROGRESS', { stack: 'web-group', stackId: 'nested-1' }),
  );
  state = feed(state, T0 + 1500, event('net', 'CREATE_COMPLETE'));
  state = feed(
    state,
    T0 + 1800,
    event('0', 'CREATE_FAILED', { stack: 'web-group', stackId: 'nested-1', reason: 'no room' }),
  );
  const lines = renderProgress(state, T0 + 2500, { ...view, columns: 100 });
  expect(lines[0]).toBe('web  CREATE_IN_PROGRESS  1/4 done · 1 running · 1 waiting · 1 failed · 2.5s');
  expect(lines[1]).toMatch(/^ {2}✓ net {2}OS::Heat::None +CREATE_COMPLETE {2}1\.5s$/);
  expect(lines[2]).toMatch(/^ {2}⠋ group {2}OS::Heat::None +CREATE_IN_PROGRESS {2}2\.5s$/);
  expect(lines[3]).toMatch(/^ {4}✗ 0 +CREATE_FAILED {2}1\.8s {2}no room$/);
  expect(lines[4]).toMatch(/^ {2}· late {2}OS::Heat::None +waiting$/);
});

test('no line is wider than the terminal, whatever the names are', () => {
  let state = start(resource('n'.repeat(90)), resource('日本'.repeat(30)));
  state = feed(state, T0, event('n'.repeat(90), 'CREATE_FAILED', { reason: 'r\n'.repeat(200) }));
  for (const columns of [10, 20, 40, 80, 200]) {
    for (const colors of [palette(false), palette(true)]) {
      for (const line of renderProgress(state, T0 + 10, { ...view, columns, colors })) {
        expect(displayWidth(stripAnsi(line))).toBeLessThanOrEqual(columns);
      }
    }
  }
});

test('with more resources than lines the failed and running ones stay, and the rest is counted', () => {
  const names = Array.from({ length: 100 }, (_, index) => `r${index}`);
  let state = start(...names.map((name) => resource(name)));
  state = feed(
    state,
    T0,
    ...names.slice(0, 60).map((name) => event(name, 'CREATE_COMPLETE')),
    event('r70', 'CREATE_IN_PROGRESS'),
    event('r80', 'CREATE_FAILED'),
  );
  const lines = renderProgress(state, T0, { ...view, rows: 13 });
  expect(lines).toHaveLength(11);
  expect(lines.join('\n')).toContain('r70');
  expect(lines.join('\n')).toContain('r80');
  expect(lines.at(-1)).toMatch(/… 91 more: 60 done, 31 waiting/);
});

test('the time left comes from the rate so far, and is not guessed from too little', () => {
  const names = Array.from({ length: 10 }, (_, index) => `r${index}`);
  const state = start(...names.map((name) => resource(name)));
  const five = feed(state, T0, ...names.slice(0, 5).map((name) => event(name, 'CREATE_COMPLETE')));
  expect(estimateLeftMs(five, T0 + 1000)).toBeUndefined();
  expect(estimateLeftMs(five, T0 + 5000)).toBe(5000);
  expect(estimateLeftMs(feed(state, T0, event('r0', 'CREATE_COMPLETE')), T0 + 5000)).toBeUndefined();
});

test.each([
  [400, '0.4s'],
  [9999, '9.9s'],
  [12_000, '12s'],
  [185_000, '3m 05s'],
  [3_720_000, '1h 02m'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('the live region goes up by the rows that its lines take now, also after the terminal became narrower', () => {
  const written: string[] = [];
  let columns = 80;
  const region = new LiveRegion({
    isTty: true,
    write: (text) => void written.push(text),
    size: () => ({ columns, rows: 24 }),
  });
  region.draw(['x'.repeat(70), 'y']);
  region.draw(['a']);
  expect(written[1]).toContain('\u001b[2A');
  region.draw(['x'.repeat(70)]);
  columns = 40;
  region.draw(['b']);
  expect(written[3]).toContain('\u001b[2A');
  region.finish();
  expect(written[4]).toBe('\u001b[?25h');
});
