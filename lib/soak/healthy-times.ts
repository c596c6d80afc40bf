/** When each node could have answered, in milliseconds of one steady clock: what success is measured against. */
export class HealthyTimes {
  /** By node: since when it counts as well; null = it is not. */
  readonly #since: (number | null)[];
  /** By node: times it was well, over and done. */
  readonly #past: { from: number; to: number }[][];
  readonly #graceMs: number;

  /** @param graceMs how long after its return a node may go unused: the gateway makes sure of it first */
  constructor(nodes: number, graceMs: number, now: number) {
    this.#graceMs = graceMs;
    this.#since = Array.from({ length: nodes }, () => now);
    this.#past = Array.from({ length: nodes }, () => []);
  }

  ill(node: number, now: number): void {
    const from = this.#since[node];
    if (from === null || from === undefined) return;
    this.#past[node]?.push({ from, to: now });
    this.#since[node] = null;
  }

  well(node: number, now: number, graceMs = this.#graceMs): void {
    if (this.#since[node] === null) this.#since[node] = now + graceMs;
  }

  /** Whether some node was well, and known to be, from `from` to `to`. */
  wasAnyWell(from: number, to: number): boolean {
    return this.#since.some(
      (since, node) =>
        (since !== null && since <= from) ||
        (this.#past[node] ?? []).some((time) => time.from <= from && time.to >= to),
    );
  }
}
