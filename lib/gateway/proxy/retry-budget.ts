const WINDOW_SECONDS = 10;
const SHARE = 0.1;
/** So many as two nodes cost that die in quiet hours, each with requests on it: the fifth failure of a node is free. */
const MIN_RETRIES = 10;

/**
 * How many requests may be sent a second time: a tenth of those of the last 10 s, and at least 10. A fleet that fails is not
 * asked twice as much because it fails.
 */
export class RetryBudget {
  readonly #now: () => number;
  readonly #requests = new Uint32Array(WINDOW_SECONDS);
  readonly #retries = new Uint32Array(WINDOW_SECONDS);
  #second: number;

  /** @param now milliseconds of any steady clock */
  constructor(now: () => number) {
    this.#now = now;
    this.#second = Math.floor(now() / 1000);
  }

  noteRequest(): void {
    count(this.#requests, this.#slot());
  }

  /** @returns whether one more retry is within the budget; then it is spent */
  take(): boolean {
    const slot = this.#slot();
    const allowed = Math.max(MIN_RETRIES, SHARE * sum(this.#requests));
    if (sum(this.#retries) + 1 > allowed) return false;
    count(this.#retries, slot);
    return true;
  }

  #slot(): number {
    const second = Math.floor(this.#now() / 1000);
    const passed = Math.min(WINDOW_SECONDS, second - this.#second);
    for (let step = 1; step <= passed; step += 1) {
      const slot = (this.#second + step) % WINDOW_SECONDS;
      this.#requests[slot] = 0;
      this.#retries[slot] = 0;
    }
    this.#second = Math.max(this.#second, second);
    return this.#second % WINDOW_SECONDS;
  }
}

const count = (slots: Uint32Array, slot: number): void => {
  slots[slot] = (slots[slot] ?? 0) + 1;
};

const sum = (slots: Uint32Array): number => {
  let total = 0;
  for (const value of slots) total += value;
  return total;
};
