import type { PoolRules } from "./ask.ts";
import { DrainRate } from "./drain-rate.ts";
import { FairQueue, type Flow } from "./fair-queue.ts";
import type { NodeState } from "./node-state.ts";
import { RecentUse } from "./recent-use.ts";
import type { Group, Waiter } from "./waiter.ts";

/** A tenant that asked within this time shares the pool. */
const SHARED_FOR_MS = 10_000;
/** Of the tokens a pool gave out lately, a tenant that has more than this is greedy, */
const GREEDY_SHARE = 0.4;
/** once it has had so many, by its weight: a burst is not greed. */
const GREEDY_TOKENS_MIN = 8_000;
const RETRY_AFTER_MAX_SECONDS = 60;

/** One pool: its rules, its nodes, and who waits for them. */
export class PoolState {
  rules: PoolRules;
  readonly nodes = new Map<string, NodeState>();
  readonly users = new FairQueue();
  readonly background = new FairQueue();
  /** Groups that wait because we chose to. */
  readonly held = new Set<Group>();
  /** When the timer fires that ends a hold; infinite = none is set. */
  wakesAt = Number.POSITIVE_INFINITY;
  stopWaking: () => void = () => {};
  /** When a node has rested from background work that waits; infinite = no timer is set. */
  restedAt = Number.POSITIVE_INFINITY;
  stopResting: () => void = () => {};
  readonly #drain = new DrainRate();
  readonly #recent = new RecentUse();
  #latest: Flow | null = null;
  #latestAt = 0;
  #other: Flow | null = null;
  #otherAt = 0;

  constructor(rules: PoolRules) {
    this.rules = rules;
  }

  get waiting(): number {
    return this.users.length + this.background.length;
  }

  hold(group: Group, now: number): void {
    group.setHeld(true, now);
    this.held.add(group);
  }

  /** Whether any node can take one request more. */
  hasPlace(): boolean {
    for (const node of this.nodes.values()) if (node.inFlight < node.maxInFlight) return true;
    return false;
  }

  /** When the next node has rested from background work; infinite = none rests. */
  nextRestedAt(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { background } of this.nodes.values()) {
      const at = background.freeAt(now);
      if (at > now) next = Math.min(next, at);
    }
    return next;
  }

  /** Nobody is held until it is found again that holding pays. */
  endHolds(now: number): void {
    for (const group of this.held) group.setHeld(false, now);
    this.held.clear();
  }

  waiters(): Waiter[] {
    const all: Waiter[] = [];
    for (const queue of [this.users, this.background])
      for (const flow of queue.waiting)
        for (const group of flow.groups.values())
          for (let waiter = group.first; waiter !== null; waiter = waiter.after) all.push(waiter);
    return all;
  }

  /** A tenant's user asks for something. */
  noteArrival(flow: Flow, now: number): void {
    if (flow !== this.#latest) {
      this.#other = this.#latest;
      this.#otherAt = this.#latestAt;
      this.#latest = flow;
    }
    this.#latestAt = now;
  }

  noteUse(flow: Flow, tokens: number, now: number): void {
    flow.recent.add(tokens, now);
    this.#recent.add(tokens, now);
  }

  /** Whether tenants other than this one use the pool these days. */
  isShared(flow: Flow, now: number): boolean {
    const [other, at] = flow === this.#latest ? [this.#other, this.#otherAt] : [this.#latest, this.#latestAt];
    return other !== null && now - at < SHARED_FOR_MS;
  }

  /** Whether a tenant has taken most of the pool lately. */
  isGreedy(flow: Flow, now: number): boolean {
    const used = flow.recent.sum(now);
    return used >= GREEDY_TOKENS_MIN * flow.weight && used >= GREEDY_SHARE * this.#recent.sum(now);
  }

  /** Call it before anything starts or ends to wait. */
  watch(now: number): void {
    this.#drain.watch(now, this.users.length > 0);
  }

  drained(): void {
    this.#drain.granted();
  }

  /** How long one more request of a tenant would wait at the present pace: its share of it, ahead of those behind it. */
  expectedWaitMs(flow: Flow): number {
    const { users } = this;
    const weights = users.waitingWeight + (flow.waiting > 0 ? 0 : flow.weight);
    const byShare = ((flow.waiting + 1) * weights) / flow.weight;
    return Math.min(users.length + 1, byShare) / this.#drain.perMs(this.#believedPerMs());
  }

  /** @returns whole seconds, at least 1 */
  retryAfterSeconds(flow: Flow): number {
    return Math.min(RETRY_AFTER_MAX_SECONDS, Math.max(1, Math.ceil(this.expectedWaitMs(flow) / 1000)));
  }

  /** As many requests end as are in flight, each in its node's mean time. */
  #believedPerMs(): number {
    let perMs = 0;
    for (const node of this.nodes.values()) perMs += node.inFlight / Math.max(1, node.serviceMs);
    return perMs;
  }
}
