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

  beforeAll(async () => {
    server = await startBaton();
    const plays = await playAll(server.demo, SCENARIOS, { parallel: 14, pace: PACES.baton });
    for (const scenario of SCENARIOS) {
      const key = keyOf(scenario);
      const play = plays[key];
      const found =
        play === undefined || play.broken
          ? [play?.broken ?? 'was not played']
          : comparePlays(play, readRecorded(scenario), scenario.ignore);
      if (found[0] !== undefined) differences.set(key, found[0]);
    }
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
