import type { Deps } from "#lib/identity/ctx.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { readDraftPlan, writeDrafts } from "./draft-incidents.ts";

export const INCIDENT_LOOP = "incidents";
const INTERVAL_MS = 10_000;
const LEASE_MS = 30_000;

/** Drafts incidents of fallbacks that last, until `signal` aborts. */
export const runIncidentLoop = (deps: Deps, signal: AbortSignal): Promise<void> =>
  runLeasedLoop(deps, signal, {
    name: INCIDENT_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    tick: (turn) => draftTurn(deps, turn),
  });

/** Looks for fallbacks that have lasted, and drafts an incident for each. @throws AppError `lease_lost` */
export async function draftTurn(deps: Deps, { term }: Pick<Turn, "term">): Promise<void> {
  const now = deps.clock.now();
  const plan = await deps.db.read(platformScope, (tx) => readDraftPlan(tx, now));
  if (plan.drafts.length === 0 && plan.links.length === 0) return;
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, { name: INCIDENT_LOOP, term });
    await writeDrafts(tx, plan, now);
  });
}
