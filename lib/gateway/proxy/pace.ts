import { bucketOf, type Durations, noDurations } from "#lib/requests/usage/durations.ts";

const pool: Durations[] = [];
const MAX_POOLED = 256;

/** How long a streamed reply let its reader wait between two chunks. */
export class Pace {
  readonly counts: Durations = pool.pop() ?? noDurations();
  /** Chunks seen: about the tokens of the answer. */
  chunks = 0;
  #lastAt = 0;

  /** @param now milliseconds of a steady clock */
  note(now: number): void {
    if (this.chunks > 0) {
      const bucket = bucketOf(now - this.#lastAt);
      this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    }
    this.chunks += 1;
    this.#lastAt = now;
  }

  /** The counts were read and may be used again. */
  free(): void {
    if (pool.length >= MAX_POOLED) return;
    this.counts.fill(0);
    pool.push(this.counts);
  }
}
