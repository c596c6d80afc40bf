import type { Deps } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import { keepPartitions } from "#lib/platform/partitions.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { keepDemand } from "./demand/keep-demand.ts";
import { PARTITIONED } from "./partitioned.ts";
import { sumUsage } from "./usage/sum-usage.ts";

export const REQUESTS_LOOP = "requests";
const INTERVAL_MS = 60_000;
const LEASE_MS = 180_000;

/** Each minute: sums of usage, what adapters were asked for lately, and partitions, until `signal` aborts. */
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
    await keepPartitions(tx, Object.values(PARTITIONED), now);
  });
  await sumUsage(deps, fence, now);
}
