import type { Clock } from "./clock.ts";
import type { Database } from "./db.ts";
import { createLease, type Lease, processHolder } from "./lease.ts";
import type { Log } from "./log.ts";
import { type LoopOptions, runLoop } from "./loop.ts";
import { LONGEST_RUN_MS, type LoopRegistry } from "./loop-registry.ts";

/** What a loop needs of its process; the `Deps` of a use case have it. */
export type LoopHost = { db: Database; clock: Clock; log: Log; loops?: LoopRegistry | undefined };

export type LeasedLoop = Pick<LoopOptions, "name" | "intervalMs" | "tick" | "wakeGapMs" | "note"> & {
  /** How long the lease outlives a holder that died. */
  leaseMs: number;
  /** Ten minutes when left out; null = for hours. */
  longestRunMs?: number | null;
  /** Tables whose changes ask for a run before the interval is over; left out = none do. */
  wakesOn?: readonly string[] | "every table";
  /** 0 keeps to a fixed grid; a tenth when left out. */
  jitterRatio?: number;
  random?: (() => number) | undefined;
  /** This process when left out; tests play several. */
  holder?: string | undefined;
  /** Puts something around the lease, such as waiting for work that still writes under its term. */
  withLease?: (lease: Lease) => Lease;
};

/** Runs a loop of the worker under the lease of its name, woken by what the catalog's triggers tell, until `signal` aborts. */
export function runLeasedLoop(host: LoopHost, signal: AbortSignal, loop: LeasedLoop): Promise<void> {
  const { leaseMs, wakesOn, withLease = (lease) => lease, holder = processHolder, ...rest } = loop;
  const lease = createLease(host.db, { name: loop.name, holder, ttlMs: leaseMs });
  return runLoop({
    ...rest,
    longestRunMs: loop.longestRunMs === undefined ? LONGEST_RUN_MS : loop.longestRunMs,
    jitterRatio: loop.jitterRatio ?? 0.1,
    random: loop.random ?? Math.random,
    clock: host.clock,
    log: host.log,
    book: host.loops,
    signal,
    lease: withLease(lease),
    ...(wakesOn && { wake: (onWake: () => void) => host.db.listen("switchyard_work", whenOneOf(wakesOn, onWake)) }),
  });
}

/** An empty name: the listener was away and may have missed any of them. */
const whenOneOf =
  (tables: readonly string[] | "every table", onWake: () => void) =>
  (table: string): void => {
    if (tables === "every table" || table === "" || tables.includes(table)) onWake();
  };
