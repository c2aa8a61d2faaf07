import { type BatonServer, startBaton } from '../../scripts/differential/baton-server.js';
import { comparePlays } from '../../scripts/differential/compare.js';
import { playAll } from '../../scripts/differential/play-all.js';
import { needsRecording, readRecorded } from '../../scripts/differential/recordings.js';
import { readScenarios, type Scenario } from '../../scripts/differential/scenarios.js';
import { PACES } from '../../scripts/differential/watch.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';

const SCENARIOS = readScenarios();
const COMPOSING = ['composed', 'groups', 'nested', 'scaling', 'software', 'waiting'];
const SHARE_THAT_AGREES = 0.95;

const keyOf = ({ file, name }: Scenario) => `${file}/${name}`;

describe('what a real Heat did', () => {
  let server: BatonServer;
  /** The first difference of each scenario that has one. */
  const differences = new Map<string, string>();

  async function play(scenarios: readonly Scenario[], parallel: number): Promise<void> {
    const plays = await playAll(server.demo, scenarios, { parallel, pace: PACES.baton });
    for (const scenario of scenarios) {
      const played = plays[keyOf(scenario)];
      const found =
        played === undefined || played.broken
          ? [played?.broken ?? 'was not played']
          : comparePlays(played, readRecorded(scenario), scenario.ignore);
      if (found[0] !== undefined) differences.set(keyOf(scenario), found[0]);
    }
  }

  beforeAll(async () => {
    server = await startBaton();
    await play(SCENARIOS, 14);
    // A busy machine turns round what happens at one time: what differs has to do so by itself as well.
    const again = SCENARIOS.filter((scenario) => {
      const key = keyOf(scenario);
      return differences.has(key) && !KNOWN_DIFFERENCES.includes(key);
    });
    for (const scenario of again) differences.delete(keyOf(scenario));
    await play(again, 1);
  }, 900_000);
  afterAll(() => server.stop(), 60_000);

  test('is on record for each scenario as it stands', () => {
    expect(SCENARIOS.filter(needsRecording).map(keyOf)).toEqual([]);
  });

  test.each([
    ['the life of a stack', SCENARIOS.filter(({ file }) => !COMPOSING.includes(file)), 60],
    ['types that compose', SCENARIOS.filter(({ file }) => COMPOSING.includes(file)), 50],
  ])('is what happens here: %s', (what, scenarios, least) => {
    const differing = scenarios.map(keyOf).filter((key) => differences.has(key));
    const agree = scenarios.length - differing.length;
    const percent = ((100 * agree) / scenarios.length).toFixed(1);
    console.log(`${what}: ${agree} of ${scenarios.length} scenarios agree with a real Heat (${percent} %)`);
    const unexplained = differing.filter((key) => !KNOWN_DIFFERENCES.includes(key));
    expect(unexplained.map((key) => `${key}: ${differences.get(key)}`)).toEqual([]);
    expect(agree / scenarios.length).toBeGreaterThanOrEqual(SHARE_THAT_AGREES);
    expect(scenarios.length).toBeGreaterThanOrEqual(least);
  });

  test('has no difference explained that is none any more', () => {
    expect(KNOWN_DIFFERENCES.filter((key) => !SCENARIOS.some((scenario) => keyOf(scenario) === key))).toEqual([]);
  });
});
