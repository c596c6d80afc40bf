import type { Deps } from "#lib/identity/ctx.ts";
import { TRACES_KEPT_MS } from "#lib/metrics/charts/chart-range.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { keepDemand } from "./demand/keep-demand.ts";
import { deleteExpiredRequests } from "./expired-store.ts";
import { packTraces } from "./trace-packs/pack-traces.ts";
import { foldOldestHour } from "./usage/usage-store.ts";

export const REQUESTS_LOOP = "requests";
const INTERVAL_MS = 60_000;
const LEASE_MS = 180_000;
const USAGE_KEPT_MS = 400 * 86_400_000;
/** Older usage is kept by the hour. */
const MINUTES_KEPT_MS = 2 * 86_400_000;

/** Each minute: what adapters were asked for lately, and the requests that are past their time, until `signal` aborts. */
export const runRequestsLoop = (deps: Deps, signal: AbortSignal): Promise<void> =>
  runLeasedLoop(deps, signal, {
    name: REQUESTS_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    tick: ({ term }) => requestsTurn(deps, { name: REQUESTS_LOOP, term }),
  });

/** One turn of the loop. @throws AppError `lease_lost` */
export async function requestsTurn(deps: Deps, fence: Fence): Promise<void> {
  const now = deps.clock.now();
  await keepDemand(deps, fence, now);
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    const ago = (ms: number) => new Date(now.getTime() - ms);
    await deleteExpiredRequests(tx, { tracesBefore: ago(TRACES_KEPT_MS), usageBefore: ago(USAGE_KEPT_MS) });
  });
  await foldUsage(deps, fence, now);
  await packTraces(deps, fence, now);
}

/** Catches up within minutes after a worker was away for days. */
const HOURS_A_TURN = 12;

async function foldUsage(deps: Deps, fence: Fence, now: Date): Promise<void> {
  const before = new Date(now.getTime() - MINUTES_KEPT_MS);
  for (let hour = 0; hour < HOURS_A_TURN; hour += 1) {
    const made = await deps.db.write(platformScope, async (tx) => {
      await requireTerm(tx, fence);
      return foldOldestHour(tx, before, now);
    });
    if (made === 0) return;
  }
}
