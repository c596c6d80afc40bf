import type { LoopState } from "#lib/platform/loop-registry.ts";
import type { LoopView } from "../browser/system-schema.ts";

/** A lease as it stands. */
export type LeaseFacts = {
  name: string;
  holder: string;
  lastRunAt: Date | null;
  lastError: string | null;
  expiresAt: Date;
};
export type WorkerFacts = { id: string; seenAt: Date; loops: readonly LoopState[] };

/** A worker reports every 5 s; who missed two is not there. */
const ABSENT_MS = 12_000;
/** A busy process runs its loops a little late, and nobody need know. */
const GRACE_MS = 10_000;
/** The lease of a loop that no worker knows any more, such as one of an earlier release, is no loop. */
const FORGOTTEN_MS = 7 * 86_400_000;

export const isThere = (seenAt: Date, now: Date): boolean => now.getTime() - seenAt.getTime() <= ABSENT_MS;

/**
 * Each loop of the workers: on time, overdue, failing, or run by nobody. A loop that runs once an hour cannot be told to be
 * late by its runs, so that somebody carries it is judged by the workers that are there: a stopped one is noticed within
 * 12 s, one that hangs between its runs when its next one is 10 s overdue, and one that hangs in a run when it lasts longer
 * than its runs may.
 */
export function judgeLoops(leases: readonly LeaseFacts[], workers: readonly WorkerFacts[], now: Date): LoopView[] {
  const present = workers.filter(({ seenAt }) => isThere(seenAt, now));
  const carried = new Map<string, { worker: WorkerFacts; loop: LoopState }[]>();
  for (const worker of present)
    for (const loop of worker.loops) carried.set(loop.name, [...(carried.get(loop.name) ?? []), { worker, loop }]);
  const leaseOf = new Map(leases.map((lease) => [lease.name, lease]));
  return [...new Set([...carried.keys(), ...leaseOf.keys()])].sort().flatMap((name) => {
    const lease = leaseOf.get(name) ?? null;
    const runners = carried.get(name) ?? [];
    if (runners.length === 0 && isForgotten(lease, now)) return [];
    return [judge(name, lease, runners, now)];
  });
}

const isForgotten = (lease: LeaseFacts | null, now: Date): boolean =>
  now.getTime() - (lease?.lastRunAt ?? lease?.expiresAt ?? now).getTime() > FORGOTTEN_MS;

function judge(
  name: string,
  lease: LeaseFacts | null,
  runners: readonly { worker: WorkerFacts; loop: LoopState }[],
  now: Date,
): LoopView {
  const held = runners.find(({ worker }) => worker.id === lease?.holder) ?? null;
  const everyMs = runners[0]?.loop.everyMs ?? null;
  const overdueMs = overdue(lease, runners, held?.loop ?? null, now);
  return {
    name,
    state: stateOf(lease, runners.length, held?.loop ?? null, overdueMs),
    lastRunAt: lease?.lastRunAt?.toISOString() ?? null,
    lastError: lease?.lastError ?? null,
    overdueSeconds: overdueMs === null ? null : Math.round(overdueMs / 1000),
    holder: held?.worker.id ?? null,
    everySeconds: everyMs === null ? null : everyMs / 1000,
  };
}

/** @returns ms since it should have run; null = it need not have yet */
function overdue(
  lease: LeaseFacts | null,
  runners: readonly { loop: LoopState }[],
  holder: LoopState | null,
  now: Date,
): number | null {
  // a long run is no late one, as long as it can be one: a run that hangs prolongs its lease for ever
  if (holder?.state === "running") return overrun(holder, now);
  const everyMs = runners[0]?.loop.everyMs ?? 0;
  const begun = Math.min(...runners.map(({ loop }) => loop.since.getTime()));
  const last = lease?.lastRunAt?.getTime() ?? (runners.length > 0 ? begun : (lease?.expiresAt ?? now).getTime());
  // a worker that was just started owes a run an interval after its start, however long nobody ran it before
  const from = runners.length > 0 && holder === null ? Math.max(last, begun) : last;
  const over = now.getTime() - from - everyMs - (runners.length > 0 ? GRACE_MS : 0);
  return over > 0 ? over : null;
}

/** @returns ms by which a run lasts longer than one may; null = it does not */
function overrun({ since, longestRunMs = null }: LoopState, now: Date): number | null {
  const over = now.getTime() - since.getTime() - (longestRunMs ?? Number.POSITIVE_INFINITY);
  return over > 0 ? over : null;
}

function stateOf(
  lease: LeaseFacts | null,
  runners: number,
  holder: LoopState | null,
  overdueMs: number | null,
): LoopView["state"] {
  if (runners === 0) return "stopped";
  if (overdueMs !== null) return "late";
  if (lease !== null && lease.lastError !== null) return "failing";
  return holder?.state === "running" ? "running" : "on_time";
}
