import type { Tokenizer } from "../model/tokenizer.ts";

/** Turns tokens into text as they come, holding back half a character. */
export class TokenText {
  readonly #tokenizer: Tokenizer;
  readonly #ids: number[] = [];
  #sent = "";

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** @returns the new text; `isLast` lets a broken character through */
  push(ids: readonly number[], isLast: boolean): string {
    this.#ids.push(...ids);
    const text = this.#tokenizer.decode(this.#ids, true);
    const ready = isLast ? text : text.replace(/\ufffd+$/, "");
    const delta = ready.slice(this.#sent.length);
    this.#sent = ready;
    return delta;
  }

  get text(): string {
    return this.#sent;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }
}
