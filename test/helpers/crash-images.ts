import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineBench } from './engine-bench.js';
import { FakeClock } from './fake-clock.js';
import { FakeCloud } from './fake-cloud.js';

/** What a crash at one moment leaves: the files of the data folder and the world as it was then. */
export interface CrashImage {
  readonly label: string;
  readonly folder: string;
  readonly cloud: FakeCloud;
  readonly now: number;
}

/** Memory instead of a disk where there is one: what is on the files at a moment is all that matters. */
const ROOT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export function temporaryFolder(): string {
  return mkdtempSync(join(ROOT, 'baton-test-'));
}

const FILES = ['baton.db', 'baton.db-wal', 'secret.key'];

/**
 * Runs an engine on a folder and copies folder and world after every commit and around every driver call: each copy is
 * what a kill -9 at that moment would leave.
 */
export class CrashCamera {
  readonly images: CrashImage[] = [];
  readonly #folder: string;
  #isOn = false;
  #commits = 0;

  private constructor(
    readonly bench: EngineBench,
    folder: string,
  ) {
    this.#folder = folder;
    bench.engine.store.commits.onCommit = () => this.#take(`commit ${++this.#commits}`);
    bench.cloud.onCall = (point, verb, name) => this.#take(`${point} ${verb} ${name}`);
  }

  static async start(cloud = new FakeCloud()): Promise<CrashCamera> {
    const folder = temporaryFolder();
    const dataDir = join(folder, 'live');
    return new CrashCamera(await EngineBench.start({ dataDir, fake: cloud }), folder);
  }

  get liveFolder(): string {
    return join(this.#folder, 'live');
  }

  /** Takes pictures while `work` runs. */
  async record(work: () => Promise<unknown>): Promise<void> {
    this.#isOn = true;
    try {
      await work();
    } finally {
      this.#isOn = false;
    }
  }

  #take(label: string): void {
    if (!this.#isOn) return;
    const folder = join(this.#folder, String(this.images.length));
    mkdirSync(folder);
    for (const file of FILES) {
      const from = join(this.#folder, 'live', file);
      if (existsSync(from)) copyFileSync(from, join(folder, file));
    }
    const { cloud, clock } = this.bench;
    this.images.push({ label: `${this.images.length}: ${label}`, folder, cloud: cloud.copy(), now: clock.now() });
  }

  async close(): Promise<void> {
    await this.bench.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An engine that starts on what a crash has left. */
export function reopen(image: CrashImage): Promise<EngineBench> {
  return EngineBench.start({ dataDir: image.folder, fake: image.cloud, fakeClock: new FakeClock(image.now) });
}
