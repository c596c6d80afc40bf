import type { Deps } from "#lib/identity/ctx.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { ALERT_INTERVAL_MS } from "../browser/alert-kinds.ts";
import { readAlertFacts } from "./alert-facts-store.ts";
import { readDiagnoses } from "./cause/read-diagnoses.ts";
import { evaluateAlerts } from "./evaluate-alerts.ts";
import { ALERT_LOOP, lastEvaluation } from "./last-evaluation.ts";
import { observeAlerts } from "./observe-alerts.ts";

const LEASE_MS = 30_000;

/** Evaluates every rule each 10 s until `signal` aborts. Only the holder of the lease does; the others stand by. */
export function runAlertLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  // a run that failed leaves the time of the last that did not, also one of another worker
  let evaluatedAt: string | null = null;
  return runLeasedLoop(deps, signal, {
    name: ALERT_LOOP,
    intervalMs: ALERT_INTERVAL_MS,
    leaseMs: LEASE_MS,
    note: () => ({ evaluatedAt }),
    async tick(turn) {
      evaluatedAt ??= await deps.db.read(platformScope, lastEvaluation);
      evaluatedAt = (await alertTurn(deps, turn)).toISOString();
    },
  });
}

/** One evaluation, in one transaction: an alert and the messages about it are there together or not at all. */
export async function alertTurn(deps: Deps, { term }: Pick<Turn, "term">): Promise<Date> {
  const now = deps.clock.now();
  const facts = await deps.db.read(platformScope, (tx) => readAlertFacts(tx, now));
  const seen = observeAlerts(facts);
  const diagnoses = await deps.db.read(platformScope, (tx) => readDiagnoses(tx, facts, seen));
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, { name: ALERT_LOOP, term });
    await evaluateAlerts(tx, { now, seen, diagnoses, consoleUrl: deps.consoleUrl ?? null });
  });
  return now;
}
