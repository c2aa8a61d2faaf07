import { fetchBytes } from '../files/fetch-text.js';
import { SourceTexts } from '../files/source-texts.js';
import type { FileReading } from '../files/template-files.js';
import { HeatClient } from '../heat/heat-client.js';
import { type Palette, palette } from '../output/colors.js';
import type { Terminal, TextSink } from '../output/terminal.js';
import type { IdentitySession } from '../transport/identity-session.js';
import type { Transport } from '../transport/transport.js';

/** What a command can reach: the engine, the terminal and the files around it. */
export class CommandContext {
  readonly texts = new SourceTexts();
  #client: Promise<HeatClient> | undefined;
  #identity: Promise<IdentitySession> | undefined;

  constructor(
    readonly settings: {
      readonly terminal: Terminal;
      readonly env: { readonly [name: string]: string | undefined };
      readonly cwd: string;
      /** `--data-dir`, as it was given. */
      readonly dataDir?: string;
      /** False for `--no-color`. */
      readonly color: boolean;
      readonly quiet: boolean;
      /** The output format in use. */
      readonly format: string;
      readonly openTransport: () => Promise<Transport>;
      readonly openIdentity: () => Promise<IdentitySession>;
    },
  ) {}

  get terminal(): Terminal {
    return this.settings.terminal;
  }

  /** Opens the way to the engine at the first call. */
  client(): Promise<HeatClient> {
    this.#client ??= this.settings.openTransport().then((transport) => new HeatClient(transport));
    return this.#client;
  }

  /** Opens the way to the identity service at the first call. */
  identity(): Promise<IdentitySession> {
    this.#identity ??= this.settings.openIdentity();
    return this.#identity;
  }

  /** How files named on the command line are read. */
  get reading(): FileReading {
    return { cwd: this.settings.cwd, fetch: fetchBytes, texts: this.texts };
  }

  /** Colours for a stream: none where it is no terminal, with NO_COLOR, or with `--no-color`. */
  colorsFor(sink: TextSink): Palette {
    const { env, color } = this.settings;
    return palette(color && sink.isTty && !env.NO_COLOR && env.TERM !== 'dumb');
  }

  async close(): Promise<void> {
    // What could not be opened has told so already.
    await (await this.#client?.catch(() => undefined))?.transport.close();
    await (await this.#identity?.catch(() => undefined))?.close();
  }
}
