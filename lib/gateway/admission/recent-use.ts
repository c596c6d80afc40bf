/** Use this long ago counts for a third. */
const MEMORY_MS = 4_000;

/** A sum that fades. */
export class RecentUse {
  #sum = 0;
  #at = 0;

  add(amount: number, now: number): void {
    this.#sum = Math.max(0, this.sum(now) + amount);
    this.#at = now;
  }

  sum(now: number): number {
    return this.#sum === 0 ? 0 : this.#sum * Math.exp((this.#at - now) / MEMORY_MS);
  }
}
