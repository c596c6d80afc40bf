import type { Tx } from "#lib/platform/db.ts";
import { type CacheState, followCache, type OnTiers, stateBefore, unsettle } from "./derive-cache.ts";
import type { Checkpoint, FollowedNode } from "./derived-rollup-store.ts";
import { type DerivedMinute, derivedMinutes, SCRAPE_MS } from "./derived-rows.ts";
import { processStart, readActs, readAlive } from "./derived-store.ts";
import { type Interval, IntervalLog, type IntervalsBefore, inferredUntil } from "./follow-intervals.ts";
import { listFollowedIntervals, restartsSince } from "./interval-store.ts";
import type { NodeAct } from "./node-timeline.ts";
import { residentAfter } from "./resident-after.ts";

const MINUTE_MS = 60_000;
/** What is younger than this is derived again each time: a request's trace comes when it has ended. */
export const SETTLING_MS = 3 * MINUTE_MS;
/** What lies before is complete: its requests have ended, and their traces have come. */
export const settledUntil = (now: Date): Date => new Date(now.getTime() - SETTLING_MS);
/** Traces are written once a second; what is younger than this is not read yet. */
export const TRACE_LAG_MS = 5_000;
/** So far back a node is followed that was not followed before. */
const WARM_UP_MS = 2 * 3_600_000;
/** Whoever was not followed for longer than this is begun anew; the gap stays one. */
const LONGEST_GAP_MS = 86_400_000;
/** So much is followed at once, which bounds what is in memory. */
const PART_MS = 10 * MINUTE_MS;

export type FollowedPart = {
  fromMs: number;
  minutes: DerivedMinute[];
  /** Who was where since the part began, and what reached into it. */
  intervals: Interval[];
  checkpoint: Checkpoint;
  /** Minutes before the part that were written as exact, and are not; null = none. */
  lateFromMs: number | null;
  /** Nothing is left to follow. */
  isDone: boolean;
};

const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/** Where to go on with a node, or where to begin. */
export async function checkpointOf(tx: Tx, node: FollowedNode, now: Date): Promise<Checkpoint> {
  const { checkpoint } = node;
  if (checkpoint !== null && now.getTime() - checkpoint.at.getTime() <= LONGEST_GAP_MS) return checkpoint;
  const warmMs = now.getTime() - WARM_UP_MS;
  const warm = new Date(minuteOf(Math.max(warmMs, (node.beganEmptyAt ?? node.createdAt).getTime())));
  const begun = await processStart(tx, node.id, warm);
  const isBirth = node.beganEmptyAt !== null && minuteOf(node.beganEmptyAt.getTime()) === warm.getTime();
  const earlier = begun === null ? null : await readActs(tx, node.id, { from: begun, to: warm });
  const { before, loaded } = isBirth ? residentAfter([], 0) : residentAfter(earlier, node.maxCpuLoras);
  return beginning(warm, stateBefore(before, node, loaded), before === "empty" ? warm.getTime() : null);
}

const beginning = (at: Date, cache: CacheState, settledMs: number | null): Checkpoint => ({
  at,
  followedTo: null,
  state: { cache: { ...cache, settling: { ...cache.settling, settledMs } }, doubt: "start" },
});

/**
 * Follows a node from a checkpoint as far as a part goes.
 * @param counted what its engine counted, by minute
 */
export async function followPart(
  tx: Tx,
  node: FollowedNode,
  from: Checkpoint,
  now: Date,
  counted: ReadonlyMap<number, number>,
): Promise<FollowedPart> {
  const fromMs = from.at.getTime();
  const throughMs = Math.max(fromMs, Math.min(now.getTime() - TRACE_LAG_MS, fromMs + PART_MS));
  const to = new Date(throughMs);
  const isDone = throughMs < fromMs + PART_MS;
  // what is young is followed again, unless this is only a part of a long way
  const cutMs = Math.max(fromMs, isDone ? minuteOf(throughMs - SETTLING_MS) : throughMs);
  const ended = await readAlive(tx, node.id, { from: new Date(fromMs - SCRAPE_MS), to });
  const requests = ended.filter(({ arrivedMs, endedMs }) => Math.max(endedMs, arrivedMs + 0.5) >= fromMs);
  const acts = await readActs(tx, node.id, { from: from.at, to });
  const { cache, doubt: uncertainty } = from.state;
  const log = new IntervalLog(await intervalsBefore(tx, node, from, { to, acts }));
  const onTiers: OnTiers = (atMs, tiers, restarts) => {
    // of what comes after the part only the ends of its requests are known
    if (atMs === fromMs || atMs < throughMs) log.see(atMs, tiers, restarts);
  };
  const followed = followCache(cache, requests, acts, node, { fromMs, cutMs, onTiers });
  const foreignToMs = uncertainty === "foreign" ? (followed.settledMs ?? Number.POSITIVE_INFINITY) : fromMs;
  const minutes = derivedMinutes({
    uses: followed.uses,
    requests: ended,
    fromMs,
    toMs: throughMs,
    settledMs: followed.settledMs,
    uncertainty,
    counted,
  });
  return {
    fromMs,
    minutes,
    intervals: foreignToMs > fromMs ? inferredUntil(log.intervals(), foreignToMs) : log.intervals(),
    checkpoint: { at: new Date(cutMs), followedTo: to, state: { cache: followed.after, doubt: uncertainty } },
    lateFromMs: node.checkpoint === null || followed.lateMs === null ? null : minuteOf(followed.lateMs),
    isDone,
  };
}

/**
 * What reaches into a part. Where a node is begun anew after a gap, nothing goes on: what was known of it ends with what was
 * followed then.
 */
async function intervalsBefore(
  tx: Tx,
  node: FollowedNode,
  { at: from, followedTo }: Checkpoint,
  { to, acts }: { to: Date; acts: readonly NodeAct[] },
): Promise<IntervalsBefore> {
  const within = acts.filter(({ kind }) => kind === "restart").length;
  const knownTo = followedTo === null ? (node.checkpoint?.followedTo ?? from) : from;
  return {
    alive: await listFollowedIntervals(tx, node.id, { from, to: from }),
    isContinued: followedTo !== null,
    knownToMs: knownTo.getTime(),
    epoch: node.epoch - within - (await restartsSince(tx, node.id, to)),
  };
}

/** Somebody else may have used the node until now. */
export const sharedWithOthers = ({ at, followedTo, state }: Checkpoint, node: FollowedNode): Checkpoint => ({
  at,
  followedTo,
  state: { cache: unsettle(state.cache, node, node.hasUnmanaged), doubt: "foreign" },
});
