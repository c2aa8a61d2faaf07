import type { Terminal } from '../../src/cli/output/terminal.js';

/** A terminal that keeps what was written; its clock moves only by sleeping. */
export class FakeTerminal implements Terminal {
  written = { out: '', err: '' };
  answers: string[] = [];
  isInputTty = false;
  #now = Date.parse('2026-01-01T00:00:00Z');
  #interrupts = new Set<() => void>();
  /** Called with each sleep: lets a test do something at a certain moment. */
  onSleep: (slept: number) => void = () => {};
  #sleeps = 0;

  constructor(
    readonly isTty = false,
    readonly columns = 100,
    readonly rows = 30,
  ) {}

  get out() {
    return this.#sink('out');
  }

  get err() {
    return this.#sink('err');
  }

  ask(question: string): Promise<string | undefined> {
    this.written.out += question;
    return Promise.resolve(this.answers.shift());
  }

  onInterrupt(listener: () => void): () => void {
    this.#interrupts.add(listener);
    return () => this.#interrupts.delete(listener);
  }

  interrupt(): void {
    for (const listener of this.#interrupts) listener();
  }

  get listening(): number {
    return this.#interrupts.size;
  }

  sleep(ms: number): Promise<void> {
    this.#now += ms;
    this.#sleeps += 1;
    this.onSleep(this.#sleeps);
    return Promise.resolve();
  }

  now(): number {
    return this.#now;
  }

  #sink(name: 'out' | 'err') {
    return {
      isTty: this.isTty,
      write: (text: string) => {
        this.written[name] += text;
      },
      size: () => ({ columns: this.columns, rows: this.rows }),
    };
  }
}
