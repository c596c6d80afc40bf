import { FINDING_LOOP, recordFindings } from "#lib/alerting/findings/record-finding.ts";
import { lastCheckedAt } from "#lib/alerting/findings/show-findings.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { settledUntil } from "#lib/metrics/counted-window.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { detectPitfalls } from "./detect-pitfalls.ts";
import { listPoolIds, readPoolFacts } from "./pool-facts-store.ts";

/** A finding counts the same minutes as an alert does: both go on to the next minute within this time. */
const INTERVAL_MS = 10_000;
/** Between two minutes, what no minute counts is checked this often: settings, versions, verdicts. */
const CHECK_AGAIN_MS = 30_000;
const LEASE_MS = 60_000;

/** Checks every pool for the seven pitfalls until `signal` aborts. Only the holder of the lease does. */
export function runPitfallLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  // a check that failed leaves the time of the last that did not, also one of another worker
  let checkedAt: string | null = null;
  return runLeasedLoop(deps, signal, {
    name: FINDING_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    note: () => ({ lookedAt: checkedAt }),
    async tick(turn) {
      checkedAt ??= await deps.db.read(platformScope, lastCheckedAt);
      if (!isCheckDue(checkedAt, deps.clock.now())) return;
      checkedAt = (await pitfallTurn(deps, turn)).toISOString();
    },
  });
}

/** Whether minutes have ended since the last check, or it is long ago. @param checkedAt null = there was none */
export function isCheckDue(checkedAt: string | null, now: Date): boolean {
  if (checkedAt === null) return true;
  const last = new Date(checkedAt);
  return now.getTime() - last.getTime() >= CHECK_AGAIN_MS || settledUntil(now) > settledUntil(last);
}

/**
 * One check of every pool; what goes wrong with one does not hold up the others.
 * @throws AggregateError with what went wrong
 */
export async function pitfallTurn(deps: Deps, { term, signal }: Pick<Turn, "term" | "signal">): Promise<Date> {
  const now = deps.clock.now();
  const fence: Fence = { name: FINDING_LOOP, term };
  const poolIds = await deps.db.read(platformScope, listPoolIds);
  const errors: unknown[] = [];
  for (const poolId of poolIds) {
    if (signal.aborted) break;
    await checkPool(deps, fence, poolId, now).catch((error) => errors.push(error));
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} of ${poolIds.length} pools were not checked`);
  return now;
}

/** What is seen of a pool is on record as a whole or not at all. */
async function checkPool(deps: Deps, fence: Fence, poolId: string, now: Date): Promise<void> {
  const facts = await deps.db.read(platformScope, (tx) => readPoolFacts(tx, poolId, now));
  if (facts === null) return;
  const judgement = detectPitfalls(facts);
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    await recordFindings(tx, { poolId, at: now, ...judgement });
  });
}
