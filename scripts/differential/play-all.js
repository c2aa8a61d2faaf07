/** Plays many scenarios, some at a time. */
import { connect } from './heat-client.js';
import { play } from './play.js';

/** The play of each scenario, by its `file/name`; one that breaks off is `{ broken: message }`. */
export async function playAll(env, scenarios, { parallel = 6, pace, onPlayed = () => {} } = {}) {
  const plays = {};
  // The longest first, so that none of them is alone at the end.
  const waiting = [...scenarios].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
  const worker = async () => {
    for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) {
      const key = `${scenario.file}/${scenario.name}`;
      try {
        // A token of one's own: they end after an hour.
        plays[key] = await play(await connect(env), scenario, pace);
      } catch (error) {
        plays[key] = { broken: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      }
      onPlayed(key, plays[key]);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return plays;
}
