/** Older grants count for less: after this long a third as much. */
const MEMORY_MS = 5_000;
/** What we believe before we have seen a queue drain weighs as much as having watched one for this long. */
const BELIEF_MS = 500;

/** How fast a pool's queue drains, learnt only while something waits: an idle pool says nothing about what it could do. */
export class DrainRate {
  #grants = 0;
  #watchedMs = 0;
  #at = 0;

  /** @param hasWaited whether something waited since the last call */
  watch(now: number, hasWaited: boolean): void {
    const passed = now - this.#at;
    this.#at = now;
    if (passed <= 0) return;
    const kept = Math.exp(-passed / MEMORY_MS);
    this.#grants *= kept;
    this.#watchedMs = this.#watchedMs * kept + (hasWaited ? passed : 0);
  }

  granted(): void {
    this.#grants += 1;
  }

  /** Requests a millisecond. @param believed what the pool should manage, from its requests in flight */
  perMs(believed: number): number {
    return (this.#grants + believed * BELIEF_MS) / (this.#watchedMs + BELIEF_MS);
  }
}
