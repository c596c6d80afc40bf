import type { Ctx } from "#lib/identity/ctx.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import {
  countOutcomes,
  gatewayLastSeen,
  type OutcomeWindow,
  readLateAfter,
  type Side,
} from "#lib/requests/outcomes/outcome-store.ts";
import { addOutcomes, type LateAfter, NO_OUTCOMES, type Outcomes } from "#lib/requests/outcomes/outcomes.ts";
import type { WatchedPhase } from "../plan-step.ts";
import type { CutoverRecord } from "../store.ts";
import { type GuardState, readGuardState } from "./guard-state.ts";

const DAY_MS = 24 * 3_600_000;
/** A gateway says every 2 s that it is there. */
const HEARD_LATELY_MS = 15_000;
/** Gateways' clocks may be ahead of the worker's by so much. */
const AHEAD_MS = 60_000;

type Watched = Pick<CutoverRecord, "tenantId" | "adapterId" | "fromVersionId" | "fromOrigin" | "toVersionId">;

/** Whose requests are compared: the new version's, beside those of what answers without it. */
export async function sidesOf(
  ctx: Ctx,
  { adapterId, fromVersionId, toVersionId }: Watched,
  phase: WatchedPhase,
): Promise<{ candidate: Side; live: Side | null }> {
  const candidate: Side = { versionId: toVersionId, kind: phase === "shadow" ? "shadow" : "user" };
  if (fromVersionId !== null) return { candidate, live: { versionId: fromVersionId, kind: "user" } };
  const originId = (await getAdapter(ctx.tx, adapterId))?.route.originEndpointId ?? null;
  return { candidate, live: originId === null ? null : { endpointId: originId } };
}

/** Requests since the step began. */
export const stepWindow = ({ tenantId, adapterId }: Watched, stepAt: Date, now: Date): OutcomeWindow => ({
  tenantId,
  adapterId,
  from: stepAt,
  to: new Date(Math.max(now.getTime(), stepAt.getTime()) + AHEAD_MS),
});

/** Both sides of a step as they stand; a replaced version's are those of the day before. */
export async function readSides(
  ctx: Ctx,
  cutover: Watched & Pick<CutoverRecord, "guard">,
  phase: WatchedPhase,
  stepAt: Date,
): Promise<{ candidate: Outcomes; live: Outcomes; late: LateAfter }> {
  const { late, reference } = readGuardState(cutover.guard);
  const window = stepWindow(cutover, stepAt, ctx.clock.now());
  const sides = await sidesOf(ctx, cutover, phase);
  const bins = await countOutcomes(ctx.tx, window, sides, { late, stepMs: DAY_MS });
  const sum = (isCandidate: boolean) =>
    bins
      .filter((bin) => bin.isCandidate === isCandidate)
      .reduce((all, bin) => addOutcomes(all, bin.outcomes), NO_OUTCOMES);
  return { candidate: sum(true), live: reference ?? sum(false), late };
}

/** Whether anybody tells what happens to requests. */
export async function isGatewayHeard(ctx: Ctx): Promise<boolean> {
  const seenAt = await gatewayLastSeen(ctx.tx);
  return seenAt !== null && Math.abs(ctx.clock.now().getTime() - seenAt.getTime()) <= HEARD_LATELY_MS;
}

/**
 * What the guard of a step goes by, fixed before its first request. An origin runs on machines of its own: what is late
 * there says nothing of a pool, so latency is not judged beside it.
 */
export async function prepareGuard(
  ctx: Ctx,
  cutover: Watched & Pick<CutoverRecord, "guard">,
  phase: WatchedPhase,
): Promise<GuardState> {
  const now = ctx.clock.now();
  const { late: known } = readGuardState(cutover.guard);
  const { candidate, live } = await sidesOf(ctx, cutover, phase);
  const { tenantId, adapterId } = cutover;
  const window = { tenantId, adapterId, from: new Date(now.getTime() - DAY_MS), to: now };
  const isKnown = known.firstMs !== null || known.wholeMs !== null;
  const late = isKnown || live === null || "endpointId" in live ? known : await readLateAfter(ctx.tx, window, live);
  if (phase !== "soaking" || live === null) return { late, reference: null };
  const bins = await countOutcomes(ctx.tx, window, { candidate, live }, { late, stepMs: 2 * DAY_MS });
  return { late, reference: bins.find(({ isCandidate }) => !isCandidate)?.outcomes ?? NO_OUTCOMES };
}
