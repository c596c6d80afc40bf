import type { AdmissionClock } from "../ask.ts";

type Event = { at: number; order: number; run: () => void; isOff: boolean };

/** Time that moves only from one event to the next. */
export class VirtualClock implements AdmissionClock {
  #now = 0;
  #order = 0;
  /** A heap: the earliest first, equals in the order they were asked for. */
  readonly #events: Event[] = [];

  now(): number {
    return this.#now;
  }

  after = (ms: number, run: () => void): (() => void) => {
    this.#order += 1;
    const event = { at: this.#now + Math.max(0, ms), order: this.#order, run, isOff: false };
    this.#events.push(event);
    this.#up(this.#events.length - 1);
    return () => {
      event.isOff = true;
    };
  };

  /** Timers that are set. */
  get pending(): number {
    return this.#events.filter((event) => !event.isOff).length;
  }

  /** Runs everything up to a moment, which is then the present. */
  advanceTo(until: number): void {
    for (let next = this.#events[0]; next !== undefined && next.at <= until; next = this.#events[0]) this.#fire();
    this.#now = Math.max(this.#now, until === Number.POSITIVE_INFINITY ? 0 : until);
  }

  advance(ms: number): void {
    this.advanceTo(this.#now + ms);
  }

  #fire(): void {
    const first = this.#events[0];
    const last = this.#events.pop();
    if (first === undefined || last === undefined) return;
    if (last !== first) {
      this.#events[0] = last;
      this.#down(0);
    }
    if (first.isOff) return;
    this.#now = first.at;
    first.run();
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfLater(parent, at)) return;
      at = parent;
    }
  }

  #down(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      const earlier = this.#isLater(left, left + 1) ? left + 1 : left;
      if (!this.#swapIfLater(at, earlier)) return;
      at = earlier;
    }
  }

  #isLater(a: number, b: number): boolean {
    const [one, other] = [this.#events[a], this.#events[b]];
    if (one === undefined || other === undefined) return false;
    return one.at > other.at || (one.at === other.at && one.order > other.order);
  }

  #swapIfLater(a: number, b: number): boolean {
    const [one, other] = [this.#events[a], this.#events[b]];
    if (one === undefined || other === undefined || !this.#isLater(a, b)) return false;
    this.#events[a] = other;
    this.#events[b] = one;
    return true;
  }
}
