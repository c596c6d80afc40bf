import type { Ask, Place, Refusal } from "./ask.ts";
import type { FairQueue, Flow } from "./fair-queue.ts";

/** A request that waits: a link of its group's list. */
export type Waiter = {
  readonly ask: Ask;
  readonly answer: (result: Place | Refusal) => void;
  readonly flow: Flow;
  readonly group: Group;
  readonly queue: FairQueue;
  readonly enteredAt: number;
  /** The group's hold clock when it came. */
  readonly heldAtEntry: number;
  nodes: readonly string[];
  stopTimer: () => void;
  isWaiting: boolean;
  before: Waiter | null;
  after: Waiter | null;
};

/** One tenant's waiting requests for one adapter, in order of arrival: what is dispatched together. */
export class Group {
  readonly name: string | null;
  first: Waiter | null = null;
  last: Waiter | null = null;
  /** Time spent held so far, and since when; NaN = not held now. */
  #heldMs = 0;
  #heldSince = Number.NaN;

  constructor(name: string | null) {
    this.name = name;
  }

  push(waiter: Waiter): void {
    waiter.before = this.last;
    if (this.last === null) this.first = waiter;
    else this.last.after = waiter;
    this.last = waiter;
  }

  remove(waiter: Waiter): void {
    if (waiter.before === null) this.first = waiter.after;
    else waiter.before.after = waiter.after;
    if (waiter.after === null) this.last = waiter.before;
    else waiter.after.before = waiter.before;
    waiter.before = null;
    waiter.after = null;
  }

  /** Milliseconds that the group was held, ever. */
  heldMs(now: number): number {
    return Number.isNaN(this.#heldSince) ? this.#heldMs : this.#heldMs + (now - this.#heldSince);
  }

  setHeld(isHeld: boolean, now: number): void {
    if (isHeld === !Number.isNaN(this.#heldSince)) return;
    this.#heldMs = this.heldMs(now);
    this.#heldSince = isHeld ? now : Number.NaN;
  }
}
