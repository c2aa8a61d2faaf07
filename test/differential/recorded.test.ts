import { type BatonServer, startBaton } from '../../scripts/differential/baton-server.js';
import { comparePlays } from '../../scripts/differential/compare.js';
import { playAll } from '../../scripts/differential/play-all.js';
import { readRecorded } from '../../scripts/differential/recordings.js';
import { readScenarios } from '../../scripts/differential/scenarios.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';

const SCENARIOS = readScenarios().filter((scenario) => readRecorded(scenario) !== undefined);
const SHARE_THAT_AGREES = 0.95;

describe('what a real Heat did', () => {
  let server: BatonServer;
  beforeAll(async () => {
    server = await startBaton();
  }, 60_000);
  afterAll(() => server.stop(), 60_000);

  test('is what happens here, but for differences that are explained', async () => {
    const plays = await playAll(server.demo, SCENARIOS, { parallel: 12 });
    const differing = SCENARIOS.flatMap((scenario) => {
      const key = `${scenario.file}/${scenario.name}`;
      const play = plays[key];
      if (play === undefined || play.broken) return [`${key}: ${play?.broken ?? 'was not played'}`];
      const found = comparePlays(play, readRecorded(scenario), scenario.ignore);
      return found.length > 0 ? [`${key}: ${found[0]}`] : [];
    });
    const agree = SCENARIOS.length - differing.length;
    console.log(`${agree} of ${SCENARIOS.length} scenarios agree with a real Heat`);
    const unexplained = differing.filter((text) => !KNOWN_DIFFERENCES.some((key) => text.startsWith(`${key}:`)));
    expect(unexplained).toEqual([]);
    expect(agree / SCENARIOS.length).toBeGreaterThanOrEqual(SHARE_THAT_AGREES);
  }, 900_000);
});
