import { freezeInForce } from "#lib/fleet/controls/require-not-frozen.ts";
import { type Ctx, type Deps, systemRead } from "#lib/identity/ctx.ts";
import {
  GATE_EXPIRED,
  GATE_STUCK,
  type ObservedCondition,
  recordConditions,
} from "#lib/metrics/conditions/record-condition.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { readGates } from "../verdict/read-gate.ts";
import { judgeProgress } from "./judge-progress.ts";
import { listEndedRuns, listLiveVersions, listOpenRuns } from "./watch-store.ts";

export const GATE_WATCH_LOOP = "gate-watch";
const INTERVAL_MS = 15_000;
const LEASE_MS = 60_000;
/** A run that ended is said not to be stuck for so long; after that nobody asks. */
const ENDED_MS = 15 * 60_000;

/**
 * Tells telemetry which gates are stuck, and which live versions have a pass that expired, until `signal` aborts. A loop of its own: whoever conducts the runs cannot tell
 * that it hangs.
 */
export function runGateWatchLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: GATE_WATCH_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    tick: (turn) => watchTurn(deps, turn),
  });
}

export async function watchTurn(deps: Deps, { term }: Pick<Turn, "term">): Promise<void> {
  const conditions = await systemRead(deps, GATE_WATCH_LOOP, async (ctx) => [
    ...(await observeRuns(ctx)),
    ...(await observePasses(ctx)),
  ]);
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, { name: GATE_WATCH_LOOP, term });
    await recordConditions(tx, conditions, deps.clock.now());
  });
}

async function observeRuns(ctx: Ctx): Promise<ObservedCondition[]> {
  const now = ctx.clock.now();
  const open = await listOpenRuns(ctx.tx);
  const openIds = new Set(open.map(({ id }) => id));
  // one that ended between the two reads is told at the next turn
  const ended = (await listEndedRuns(ctx.tx, new Date(now.getTime() - ENDED_MS))).filter(({ id }) => !openIds.has(id));
  const isFrozen = (await freezeInForce(ctx)) !== null;
  const moved = [...open.map((run) => run.lastAnswerAt), ...ended.map((run) => run.finishedAt)];
  const movedAt = moved.reduce((last, at) => (at !== null && (last === null || at > last) ? at : last), null);
  const entry = (run: { id: string; tenantId: string }, reason: string, message: string, isStuck: boolean) => ({
    subject: `run:${run.id}`,
    type: GATE_STUCK,
    tenantId: run.tenantId,
    status: isStuck ? ("true" as const) : ("false" as const),
    reason,
    message,
  });
  return [
    ...open.map((run) => {
      const { reason, message, isStuck } = judgeProgress(run, movedAt, now);
      return isFrozen ? entry(run, "frozen", `${run.name}: frozen.`, false) : entry(run, reason, message, isStuck);
    }),
    ...ended.map((run) => entry(run, "ended", "It has ended.", false)),
  ];
}

/** Of each live version that has a pass, whether it still says something about today. One that went live without is no news. */
async function observePasses(ctx: Ctx): Promise<ObservedCondition[]> {
  const live = await listLiveVersions(ctx.tx);
  const gates = await readGates(
    ctx,
    live.map(({ versionId }) => versionId),
  );
  return live.flatMap(({ versionId, tenantId, name }) => {
    const gate = gates.get(versionId);
    if (gate?.verdict?.outcome !== "pass") return [];
    const isExpired = gate.expired.length > 0;
    return {
      subject: `version:${versionId}`,
      type: GATE_EXPIRED,
      tenantId,
      status: isExpired ? ("true" as const) : ("false" as const),
      reason: isExpired ? "expired" : "stands",
      message: isExpired ? `${name}: ${gate.expired.join(" ")}` : `${name}: its pass is valid.`,
    };
  });
}
