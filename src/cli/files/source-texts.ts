/** A text that was read, and whether it was sent as it is (then the server's positions are its own). */
export interface SourceText {
  readonly url: string;
  readonly text: string;
  readonly sentAsIs: boolean;
}

/** The texts that a command has read, so that errors can show their lines. */
export class SourceTexts {
  readonly #texts = new Map<string, SourceText>();
  #rootUrl: string | undefined;

  add(text: SourceText): void {
    this.#texts.set(text.url, text);
  }

  /** Adds the template that the command was given: diagnostics without a source speak of it. */
  addRoot(text: SourceText): void {
    this.#rootUrl = text.url;
    this.add(text);
  }

  /** The text that a diagnostic's source names; undefined is the root template. */
  find(source: string | undefined): SourceText | undefined {
    const url = source ?? this.#rootUrl;
    return url === undefined ? undefined : this.#texts.get(url);
  }
}
