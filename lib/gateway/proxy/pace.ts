import { bucketOf, INTER_TOKEN_MS } from "#lib/requests/usage/usage-buckets.ts";

const pool: Int32Array[] = [];
const MAX_POOLED = 256;

/** How long a streamed reply let its reader wait between two chunks, as counts by the buckets of `INTER_TOKEN_MS`. */
export class Pace {
  readonly counts: Int32Array = pool.pop() ?? new Int32Array(INTER_TOKEN_MS.length + 1);
  /** Chunks seen: about the tokens of the answer. */
  chunks = 0;
  #lastAt = 0;

  /** @param now milliseconds of a steady clock */
  note(now: number): void {
    if (this.chunks > 0) {
      const bucket = bucketOf(INTER_TOKEN_MS, now - this.#lastAt);
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
