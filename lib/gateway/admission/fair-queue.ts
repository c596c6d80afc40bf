import type { RefusalReason } from "./ask.ts";
import { RecentUse } from "./recent-use.ts";
import { Group, type Waiter } from "./waiter.ts";

/** What happened to one tenant's requests since it was first seen. */
export type FlowCounts = {
  granted: number;
  /** Of those, how many joined requests of their adapter that were in flight on the node. */
  joined: number;
  /** Of those, how many were held first. */
  held: number;
  shed: Record<RefusalReason, number>;
};

/** One tenant in one queue. Tags are virtual time: cost over weight. */
export type Flow = {
  readonly tenantId: string;
  weight: number;
  /** Where its next request starts; meaningful while it waits. */
  start: number;
  /** Where its latest dispatched request ends. */
  finish: number;
  waiting: number;
  readonly groups: Map<string | null, Group>;
  isSaturated: boolean;
  /** Mean time of its requests on their nodes. */
  serviceMs: number;
  /** What it used lately; older use counts for less. */
  readonly recent: RecentUse;
  readonly counts: FlowCounts;
};

/** How fast a mean service time follows, and where it begins. */
export const SERVICE_WEIGHT = 0.1;
export const FIRST_SERVICE_MS = 500;
/** Tenants remembered; those that wait are never forgotten. */
const FLOWS_MAX = 4096;

export const newCounts = (): FlowCounts => ({
  granted: 0,
  joined: 0,
  held: 0,
  shed: { queue_full: 0, saturated: 0, waited_too_long: 0, no_node: 0 },
});

/**
 * Start-time weighted fair queueing over tenants. A tenant's next request starts where its last one ends, but never
 * before the present virtual time; the lowest start goes first. The cost is charged at dispatch, when it is known, and
 * corrected at the end.
 */
export class FairQueue {
  /** Tenants with waiting requests, lowest start first. */
  readonly waiting: Flow[] = [];
  /** Of all tenants. */
  length = 0;
  waitingWeight = 0;
  /** What forgotten tenants had counted. */
  readonly forgotten = newCounts();
  readonly #flows = new Map<string, Flow>();
  #virtualTime = 0;

  flowOf(tenantId: string, weight: number): Flow {
    let flow = this.#flows.get(tenantId);
    if (flow === undefined) {
      if (this.#flows.size >= FLOWS_MAX) this.#forgetOne();
      flow = {
        tenantId,
        weight,
        start: 0,
        finish: 0,
        waiting: 0,
        groups: new Map(),
        isSaturated: false,
        serviceMs: FIRST_SERVICE_MS,
        recent: new RecentUse(),
        counts: newCounts(),
      };
      this.#flows.set(tenantId, flow);
    }
    if (flow.weight !== weight) {
      if (flow.waiting > 0) this.waitingWeight += weight - flow.weight;
      flow.weight = weight;
    }
    return flow;
  }

  flows(): IterableIterator<Flow> {
    return this.#flows.values();
  }

  /** Where the tenant's next request would start. */
  startOf(flow: Flow): number {
    return flow.waiting > 0 ? flow.start : Math.max(this.#virtualTime, flow.finish);
  }

  /** Lets the tenant's next adapter have its turn. */
  turn(flow: Flow, group: Group): void {
    if (group.first === null || flow.groups.size === 1) return;
    flow.groups.delete(group.name);
    flow.groups.set(group.name, group);
  }

  groupOf(flow: Flow, name: string | null): Group {
    let group = flow.groups.get(name);
    if (group === undefined) {
      group = new Group(name);
      flow.groups.set(name, group);
    }
    return group;
  }

  add(waiter: Waiter): void {
    const { flow } = waiter;
    if (flow.waiting === 0) {
      flow.start = this.startOf(flow);
      this.#insert(flow);
      this.waitingWeight += flow.weight;
    }
    waiter.group.push(waiter);
    flow.waiting += 1;
    this.length += 1;
  }

  remove(waiter: Waiter): void {
    const { flow, group } = waiter;
    group.remove(waiter);
    if (group.first === null) flow.groups.delete(group.name);
    flow.waiting -= 1;
    this.length -= 1;
    if (flow.waiting > 0) return;
    this.#take(flow);
    this.waitingWeight -= flow.weight;
    if (this.waiting.length === 0) this.waitingWeight = 0; // sums of fractions do not return to zero by themselves
  }

  /** Charges a dispatched request, which no longer waits. @param start the tag it started at */
  charge(flow: Flow, start: number, cost: number): void {
    flow.finish = start + cost / flow.weight;
    if (flow.waiting > 0) this.#moveTo(flow, flow.finish);
    const lowest = this.waiting[0];
    const reached = lowest === undefined ? start : Math.min(start, lowest.start);
    if (reached > this.#virtualTime) this.#virtualTime = reached;
  }

  /** What a request really cost differs from what was charged. @param difference what to add */
  settle(flow: Flow, difference: number): void {
    flow.finish += difference / flow.weight;
    if (flow.waiting > 0) this.#moveTo(flow, Math.max(this.#virtualTime, flow.start + difference / flow.weight));
  }

  /** When the tenant's longest waiting request came; null = nothing waits. */
  oldestOf(flow: Flow): number | null {
    let oldest: number | null = null;
    for (const { first } of flow.groups.values())
      if (first !== null && (oldest === null || first.enteredAt < oldest)) oldest = first.enteredAt;
    return oldest;
  }

  /** Who waits with the most requests for its weight. @param arrival gets one more counted */
  longest(arrival: Flow | null): Flow | null {
    let longest = arrival;
    let most = arrival === null ? 0 : (arrival.waiting + 1) / arrival.weight;
    for (const flow of this.waiting)
      if (flow.waiting / flow.weight > most) {
        longest = flow;
        most = flow.waiting / flow.weight;
      }
    return longest;
  }

  #moveTo(flow: Flow, start: number): void {
    if (start === flow.start) return;
    this.#take(flow);
    flow.start = start;
    this.#insert(flow);
  }

  /** Behind its equals: who came first goes first. */
  #insert(flow: Flow): void {
    this.waiting.splice(this.#after(flow.start), 0, flow);
  }

  #take(flow: Flow): void {
    this.waiting.splice(this.waiting.indexOf(flow), 1);
  }

  /** Index of the first tenant that starts later. */
  #after(start: number): number {
    let low = 0;
    let high = this.waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.waiting[middle]?.start ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lets go of the tenant that was seen first among those that do not wait. */
  #forgetOne(): void {
    for (const flow of this.#flows.values()) {
      if (flow.waiting > 0) continue;
      this.#flows.delete(flow.tenantId);
      addCounts(this.forgotten, flow.counts);
      return;
    }
  }
}

export function addCounts(sum: FlowCounts, more: FlowCounts): void {
  sum.granted += more.granted;
  sum.joined += more.joined;
  sum.held += more.held;
  sum.shed.queue_full += more.shed.queue_full;
  sum.shed.saturated += more.shed.saturated;
  sum.shed.waited_too_long += more.shed.waited_too_long;
  sum.shed.no_node += more.shed.no_node;
}

/** The tenant's youngest waiting request. */
export function newestOf(flow: Flow): Waiter | null {
  let newest: Waiter | null = null;
  for (const { last } of flow.groups.values())
    if (last !== null && (newest === null || last.enteredAt >= newest.enteredAt)) newest = last;
  return newest;
}
