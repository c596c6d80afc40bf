import { QUIET_MS, REST } from "#lib/evals/asking/pace/node-share.ts";

/** What background work does on one node, and when it may do more. */
export class BackgroundShare {
  inFlight = 0;
  #customers = 0;
  #lastCustomerAt = Number.NEGATIVE_INFINITY;
  #endedAt = Number.NEGATIVE_INFINITY;
  #tookMs = 0;

  /** Whether customers used the node lately: background work then has one place there. */
  isShared(now: number): boolean {
    return this.#customers > 0 || now - this.#lastCustomerAt < QUIET_MS;
  }

  /** From when on one request more may start, if nothing changes; infinite = not before one has ended. */
  freeAt(now: number): number {
    if (!this.isShared(now)) return now;
    if (this.inFlight > 0) return Number.POSITIVE_INFINITY;
    return this.#endedAt + this.#tookMs * (this.#customers > 0 ? REST.besideCustomers : REST.betweenCustomers);
  }

  take(isBackground: boolean, now: number): void {
    if (isBackground) this.inFlight += 1;
    else {
      this.#customers += 1;
      this.#lastCustomerAt = now;
    }
  }

  give(isBackground: boolean, tookMs: number, now: number): void {
    if (isBackground) {
      this.inFlight -= 1;
      this.#endedAt = now;
      this.#tookMs = tookMs;
    } else {
      this.#customers -= 1;
      this.#lastCustomerAt = now;
    }
  }
}
