import type { AdmissionClock, Ask, NodeSlots, Place, PoolRules, Refusal, RefusalReason, Ticket } from "./ask.ts";
import { chooseNode, markNeeded, type NodePreference, newChoice } from "./choose-node.ts";
import { SWAP_MS } from "./costs.ts";
import { type FairQueue, type Flow, newestOf } from "./fair-queue.ts";
import { Grant, type Granted } from "./grant.ts";
import { NodeState } from "./node-state.ts";
import { PoolState } from "./pool-state.ts";
import { type AdmissionReport, reportOf } from "./report.ts";
import type { MeasuredTier } from "./residency.ts";
import type { Waiter } from "./waiter.ts";

/** A swap keeps a node from producing about this many tokens a millisecond; they are charged to who causes it. */
const TOKENS_PER_SWAP_MS = 1.5;
/** No request is free, or a tenant of tiny ones would never be behind. */
const COST_MIN = 16;
/** Who was refused as saturated is taken again when the expected wait is down to this part of the limit. */
const SATURATION_ENDS_AT = 0.5;

type Answer = (result: Place | Refusal) => void;
const ANSWERED: Ticket = { cancel() {} };

/**
 * Who goes to which node, and when. A request is bound to a node only when it is dispatched; until then it waits in its
 * pool's fair queue. Pure: time and timers are given, and nothing is awaited.
 */
export class Admission {
  readonly #clock: AdmissionClock;
  readonly #pools = new Map<string, PoolState>();
  readonly #choice = newChoice();
  /** Answers go out when the books are in order again, as they may call us back. */
  readonly #outbox: { answer: Answer; result: Place | Refusal }[] = [];
  #isDelivering = false;

  constructor(clock: AdmissionClock) {
    this.#clock = clock;
  }

  /**
   * The fleet as of now. Who waits is asked for its nodes anew when it changed; a new epoch forgets what its node held; what
   * runs on a node that is gone just releases.
   */
  configure(nodes: readonly NodeSlots[], pools: readonly PoolRules[]): void {
    const rules = new Map(pools.map((pool) => [pool.poolId, pool]));
    for (const [poolId, rule] of rules) {
      const pool = this.#pools.get(poolId);
      if (pool) pool.rules = rule;
      else this.#pools.set(poolId, new PoolState(rule));
    }
    const hasChanged = this.#setNodes(nodes);
    if (hasChanged) this.reconsider();
    for (const [poolId, pool] of this.#pools) if (!rules.has(poolId)) this.#close(poolId, pool);
  }

  /** Asks for a place. The answer may come before this returns. */
  enter(ask: Ask, answer: Answer): Ticket {
    const pool = this.#pools.get(ask.poolId);
    if (pool === undefined) {
      answer({ reason: "no_node", retryAfterSeconds: 1 });
      return ANSWERED;
    }
    const now = this.#clock.now();
    const isBackground = ask.priority === "background";
    const queue = isBackground ? pool.background : pool.users;
    const flow = queue.flowOf(ask.tenantId, ask.weight);
    if (!isBackground) pool.noteArrival(flow, now);
    const pref = preferenceOf(pool, flow, isBackground, ask.name, ask.nodes, queue.startOf(flow), now);
    chooseNode(pool.nodes, pref, now, this.#choice);
    if (this.#choice.known === 0) {
      pref.nodes = ask.refresh();
      chooseNode(pool.nodes, pref, now, this.#choice);
      if (this.#choice.known === 0) return this.#refuse(pool, flow, "no_node", answer);
    }
    const isBehind = flow.groups.has(ask.name) || (isBackground && pool.waiting > 0);
    const { node } = this.#choice;
    if (isBehind || node === null || this.#holdMs(pool, 0) > 0)
      return this.#enqueue(pool, queue, pref, isBehind, ask, answer, now);
    answer(this.#grant(pool, queue, pref, node, ask.tokens, { now, queuedMs: 0, heldMs: 0 }));
    return ANSWERED;
  }

  /** Health or registrations changed: who waits is asked for its nodes anew. */
  reconsider(): void {
    for (const pool of this.#pools.values()) {
      for (const waiter of pool.waiters()) {
        waiter.nodes = waiter.ask.refresh();
        if (!waiter.nodes.some((nodeId) => pool.nodes.has(nodeId))) this.#shed(pool, waiter, "no_node");
      }
      this.#pump(pool);
    }
    this.#deliver();
  }

  /**
   * What a node says of its tiers; it corrects what we expect.
   * @param tiers null = it no longer tells
   * @param at not later than when that was true
   * @returns false when there is no such process here, or not yet
   */
  observeResidency(
    nodeId: string,
    epoch: number,
    tiers: ReadonlyMap<string, MeasuredTier> | null,
    at: number,
  ): boolean {
    let isKnown = false;
    for (const pool of this.#pools.values()) {
      const node = pool.nodes.get(nodeId);
      if (node?.epoch !== epoch) continue;
      isKnown = true;
      const { residency } = node;
      if (tiers === null ? residency.loseSight() : residency.correct(tiers, at)) this.#pump(pool);
    }
    this.#deliver();
    return isKnown;
  }

  report(): AdmissionReport {
    return reportOf(this.#pools.values(), this.#clock.now());
  }

  /** For `Grant.release` only. */
  giveBack({ pool, queue, flow, node, resident, isBackground, tokens, at }: Granted, spent: number | undefined): void {
    const now = this.#clock.now();
    node.give(flow, resident, isBackground, now - at, now);
    if (spent !== undefined) {
      const difference = Math.max(COST_MIN, spent) - tokens;
      queue.settle(flow, difference);
      if (!isBackground) pool.noteUse(flow, difference, now);
    }
    if (pool.waiting === 0) return;
    this.#pump(pool);
    this.#deliver();
  }

  #setNodes(nodes: readonly NodeSlots[]): boolean {
    const poolOf = new Map(nodes.map((node) => [node.nodeId, node.poolId]));
    let hasChanged = false;
    for (const pool of this.#pools.values())
      for (const { nodeId, poolId } of pool.nodes.values())
        if (poolOf.get(nodeId) !== poolId) hasChanged = pool.nodes.delete(nodeId) || hasChanged;
    for (const slots of nodes) {
      const pool = this.#pools.get(slots.poolId);
      const node = pool?.nodes.get(slots.nodeId);
      if (node?.epoch === slots.epoch) hasChanged = node.resize(slots) || hasChanged;
      else if (pool) {
        pool.nodes.set(slots.nodeId, new NodeState(slots));
        hasChanged = true;
      }
    }
    return hasChanged;
  }

  #close(poolId: string, pool: PoolState): void {
    this.#pools.delete(poolId);
    for (const waiter of pool.waiters()) this.#shed(pool, waiter, "no_node");
    this.#pump(pool);
    this.#deliver();
  }

  /** How much longer a request may be held, given the last choice; 0 = it does not pay. */
  #holdMs(pool: PoolState, heldMs: number): number {
    const { node, tier, costMs, waitCostMs } = this.#choice;
    const pays = node !== null && tier !== "gpu" && waitCostMs < costMs;
    const leftMs = pays ? pool.rules.maxBatchWaitMs - heldMs : 0;
    // timers are no finer, and fractions must not hold a request for ever
    return leftMs >= 1 ? leftMs : 0;
  }

  #grant(
    pool: PoolState,
    queue: FairQueue,
    { name, flow, start, isBackground }: NodePreference,
    node: NodeState,
    estimate: number,
    { now, queuedMs, heldMs }: { now: number; queuedMs: number; heldMs: number },
  ): Place {
    const { tier, isJoin } = this.#choice;
    const tokens = Math.max(COST_MIN, estimate);
    queue.charge(flow, start, tokens + SWAP_MS[tier] * TOKENS_PER_SWAP_MS);
    if (!isBackground) pool.noteUse(flow, tokens, now);
    flow.counts.granted += 1;
    if (isJoin) flow.counts.joined += 1;
    if (heldMs > 0) flow.counts.held += 1;
    const resident = node.take(flow, name, isBackground, now);
    const granted = { pool, queue, flow, node, resident, isBackground, tokens, at: now };
    return new Grant(granted, this, { tier, queuedMs, heldMs });
  }

  #enqueue(
    pool: PoolState,
    queue: FairQueue,
    pref: NodePreference,
    isBehind: boolean,
    ask: Ask,
    answer: Answer,
    now: number,
  ): Ticket {
    const { flow, isBackground } = pref;
    pool.watch(now);
    if (!(ask.maxWaitMs > 0)) return this.#refuse(pool, flow, "waited_too_long", answer);
    if (!isBackground && isSaturated(pool, flow)) return this.#refuse(pool, flow, "saturated", answer);
    if (pool.waiting >= pool.rules.queueMax) {
      const victim = victimOf(pool, flow, isBackground);
      if (victim === null) return this.#refuse(pool, flow, "queue_full", answer);
      this.#shed(pool, victim, "queue_full");
    }
    const group = queue.groupOf(flow, ask.name);
    const waiter: Waiter = {
      ask,
      answer,
      flow,
      group,
      queue,
      enteredAt: now,
      heldAtEntry: group.heldMs(now),
      nodes: pref.nodes,
      stopTimer: () => {},
      isWaiting: true,
      before: null,
      after: null,
    };
    queue.add(waiter);
    if (this.#choice.node === null) markNeeded(pool.nodes, pref);
    else if (!isBehind) this.#hold(pool, waiter, this.#holdMs(pool, 0), now);
    if (isBackground) this.#rest(pool, now);
    if (ask.maxWaitMs < Number.POSITIVE_INFINITY)
      waiter.stopTimer = this.#clock.after(ask.maxWaitMs, () => this.#end(pool, waiter, "waited_too_long"));
    this.#deliver();
    return { cancel: () => this.#end(pool, waiter, null) };
  }

  /** Holds a request back until something changes, or that long. */
  #hold(pool: PoolState, { group }: Waiter, forMs: number, now: number): void {
    pool.hold(group, now);
    const until = now + forMs;
    if (until >= pool.wakesAt) return;
    pool.stopWaking();
    pool.wakesAt = until;
    pool.stopWaking = this.#clock.after(forMs, () => {
      pool.wakesAt = Number.POSITIVE_INFINITY;
      this.#pump(pool);
      this.#deliver();
    });
  }

  /** Background work that waits is looked at again once a node has rested from it. */
  #rest(pool: PoolState, now: number): void {
    const restedAt = pool.background.length === 0 ? Number.POSITIVE_INFINITY : pool.nextRestedAt(now);
    if (restedAt === pool.restedAt) return;
    pool.stopResting();
    pool.restedAt = restedAt;
    if (restedAt === Number.POSITIVE_INFINITY) return;
    pool.stopResting = this.#clock.after(restedAt - now, () => {
      pool.restedAt = Number.POSITIVE_INFINITY;
      this.#pump(pool);
      this.#deliver();
    });
  }

  /** Gives out what room there is. Every request that waits is looked at, the one furthest behind its share first. */
  #pump(pool: PoolState): void {
    for (const node of pool.nodes.values()) node.neededBy = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    pool.watch(now);
    pool.endHolds(now);
    this.#pass(pool, pool.users, false, now);
    if (pool.users.length === 0) this.#pass(pool, pool.background, true, now);
    this.#rest(pool, now);
    if (pool.held.size > 0 || pool.wakesAt === Number.POSITIVE_INFINITY) return;
    pool.wakesAt = Number.POSITIVE_INFINITY;
    pool.stopWaking();
  }

  #pass(pool: PoolState, queue: FairQueue, isBackground: boolean, now: number): void {
    let at = 0;
    while (pool.hasPlace()) {
      const flow = queue.waiting[at];
      if (flow === undefined) return;
      if (!this.#advance(pool, queue, flow, isBackground, now)) at += 1;
    }
  }

  /** Dispatches one request of a tenant, if one can go. Room only shrinks meanwhile: who could not go still cannot. */
  #advance(pool: PoolState, queue: FairQueue, flow: Flow, isBackground: boolean, now: number): boolean {
    for (const group of flow.groups.values()) {
      const waiter = group.first;
      if (waiter === null) continue;
      const pref = preferenceOf(pool, flow, isBackground, group.name, waiter.nodes, flow.start, now);
      chooseNode(pool.nodes, pref, now, this.#choice);
      const { node } = this.#choice;
      if (node === null) {
        markNeeded(pool.nodes, pref);
        continue;
      }
      const heldMs = group.heldMs(now) - waiter.heldAtEntry;
      const holdMs = this.#holdMs(pool, heldMs);
      if (holdMs > 0) {
        this.#hold(pool, waiter, holdMs, now);
        continue;
      }
      this.#leave(pool, waiter);
      queue.turn(flow, group);
      if (!isBackground) pool.drained();
      const times = { now, queuedMs: now - waiter.enteredAt - heldMs, heldMs };
      const result = this.#grant(pool, queue, pref, node, waiter.ask.tokens, times);
      this.#outbox.push({ answer: waiter.answer, result });
      return true;
    }
    return false;
  }

  #leave(pool: PoolState, waiter: Waiter): void {
    waiter.isWaiting = false;
    waiter.stopTimer();
    waiter.queue.remove(waiter);
    if (waiter.group.first === null) pool.held.delete(waiter.group);
  }

  /** A request leaves the queue without a place. @param reason null = nobody wants the answer any more */
  #end(pool: PoolState, waiter: Waiter, reason: RefusalReason | null): void {
    if (!waiter.isWaiting) return;
    pool.watch(this.#clock.now());
    if (reason === null) this.#leave(pool, waiter);
    else this.#shed(pool, waiter, reason);
    this.#pump(pool);
    this.#deliver();
  }

  #shed(pool: PoolState, waiter: Waiter, reason: RefusalReason): void {
    this.#leave(pool, waiter);
    waiter.flow.counts.shed[reason] += 1;
    const result = { reason, retryAfterSeconds: pool.retryAfterSeconds(waiter.flow) };
    this.#outbox.push({ answer: waiter.answer, result });
  }

  #refuse(pool: PoolState, flow: Flow, reason: RefusalReason, answer: Answer): Ticket {
    flow.counts.shed[reason] += 1;
    answer({ reason, retryAfterSeconds: pool.retryAfterSeconds(flow) });
    return ANSWERED;
  }

  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      for (let next = this.#outbox.shift(); next !== undefined; next = this.#outbox.shift()) next.answer(next.result);
    } finally {
      this.#isDelivering = false;
    }
  }
}

function preferenceOf(
  pool: PoolState,
  flow: Flow,
  isBackground: boolean,
  name: string | null,
  nodes: readonly string[],
  start: number,
  now: number,
): NodePreference {
  const isShared = !isBackground && pool.isShared(flow, now);
  return { name, nodes, isBackground, flow, start, isShared, isGreedy: isShared && pool.isGreedy(flow, now) };
}

/** Whether one more request of the tenant would wait too long; it does not flap at the limit. */
function isSaturated(pool: PoolState, flow: Flow): boolean {
  const limitMs = pool.rules.saturationWaitMs * (flow.isSaturated ? SATURATION_ENDS_AT : 1);
  flow.isSaturated = pool.expectedWaitMs(flow) > limitMs;
  return flow.isSaturated;
}

/** Who goes when the queue is full: the background first, then the newest of who waits with most. null = the newcomer */
function victimOf(pool: PoolState, arrival: Flow, isBackground: boolean): Waiter | null {
  if (isBackground) return null;
  const queue = pool.background.length > 0 ? pool.background : pool.users;
  const longest = queue.longest(queue === pool.users ? arrival : null);
  return longest === null || longest === arrival ? null : newestOf(longest);
}
