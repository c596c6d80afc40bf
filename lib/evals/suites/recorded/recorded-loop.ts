import type { Deps } from "#lib/identity/ctx.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { deleteDueRecorded } from "./recorded-store.ts";
import { endDueRecordings } from "./recording-store.ts";

export const RECORDED_LOOP = "recorded";
const INTERVAL_MS = 60_000;
const LEASE_MS = 120_000;

/** Ends recordings whose time is over and deletes what was kept long enough, until `signal` aborts. */
export function runRecordedLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: RECORDED_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    tick: (turn) => recordedTurn(deps, turn),
  });
}

export async function recordedTurn(deps: Deps, { term }: Pick<Turn, "term">): Promise<void> {
  const now = deps.clock.now();
  const { ended, deleted } = await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, { name: RECORDED_LOOP, term });
    return { ended: await endDueRecordings(tx, now, RECORDED_LOOP), deleted: await deleteDueRecorded(tx, now) };
  });
  if (ended + deleted > 0) deps.log.info("recorded requests ended or deleted", { ended, deleted });
}
