/** How much of the end of a reply is looked at: vLLM writes `usage` among the last fields. */
const KEPT_BYTES = 4_096;

export type Usage = { promptTokens: number | null; completionTokens: number | null };

/** Reads the token counts at the end of a reply that passes by, without copying or holding the reply. */
export class UsageTail {
  #last: Buffer[] = [];
  #length = 0;
  #text: string | null = null;

  /** The whole reply, every byte as one character; instead of `add`. */
  take(text: string): void {
    this.#text = text;
  }

  add(chunk: Buffer): void {
    this.#last.push(chunk);
    this.#length += chunk.length;
    for (let first = this.#last[0]; first !== undefined; first = this.#last[0]) {
      if (this.#length - first.length < KEPT_BYTES) return;
      this.#length -= first.length;
      this.#last.shift();
    }
  }

  /** Reads, and lets go of what it held. */
  read(): Usage {
    const text = this.#text;
    this.#text = null;
    if (text !== null) return readUsage(text.slice(-KEPT_BYTES));
    const [only] = this.#last;
    const tail = this.#last.length === 1 && only ? only : Buffer.concat(this.#last);
    this.#last = [];
    return readUsage(tail.toString("latin1", Math.max(0, tail.length - KEPT_BYTES)));
  }
}

/** The last occurrence counts: the same words may stand in a message before. */
const readUsage = (text: string): Usage => ({
  // the second name is that of /v1/responses
  promptTokens: lastNumber(text, '"prompt_tokens"') ?? lastNumber(text, '"input_tokens"'),
  completionTokens: lastNumber(text, '"completion_tokens"') ?? lastNumber(text, '"output_tokens"'),
});

const NUMBER = /\s*:\s*(\d{1,9})/y;

/** A quote inside a JSON string is escaped, so a bare one before the name means a field. */
function lastNumber(text: string, quoted: string): number | null {
  for (let at = text.lastIndexOf(quoted); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(quoted, at - 1)) {
    if (text[at - 1] === "\\") continue;
    NUMBER.lastIndex = at + quoted.length;
    const found = NUMBER.exec(text)?.[1];
    if (found !== undefined) return Number(found);
  }
  return null;
}
