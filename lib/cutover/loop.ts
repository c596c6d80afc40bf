import { type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { abortHeld, lockedCutover } from "./abort-cutover.ts";
import { advanceCutover } from "./advance-cutover.ts";
import { settleApprovals } from "./approvals/settle-approvals.ts";
import { advanceBatch, type Fenced } from "./batch/advance-batch.ts";
import { batchesToAdvance } from "./batch/batch-store.ts";
import { type RecordedStops, recordStops } from "./batch/record-stops.ts";
import { type RecordedBreaches, recordBreaches } from "./guard/record-breaches.ts";
import { noteOrigins, unnotedOrigins } from "./moving-in/note-origins.ts";
import { noteMessage } from "./note-message.ts";
import { canStep } from "./phases.ts";
import { openCutovers } from "./store.ts";
import { CUTOVER_ACTOR } from "./view-cutover.ts";

export const CUTOVER_LOOP = "cutover";
const INTERVAL_MS = 2_000;
const LEASE_TTL_MS = 15_000;

/** What this process recorded last. */
type Recorded = { breaches: RecordedBreaches; stops: RecordedStops };
const NOTHING_RECORDED: Recorded = { breaches: { recordedAt: 0 }, stops: { recordedAt: 0, text: "" } };

/** Advances open cutovers until `signal` aborts. Only the lease's holder does. */
export function runCutoverLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  const recorded = structuredClone(NOTHING_RECORDED);
  return runLeasedLoop(deps, signal, {
    name: CUTOVER_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_TTL_MS,
    wakesOn: "every table",
    tick: (turn) => advanceAll(deps, turn, recorded),
  });
}

/**
 * One turn over what was answered, all open cutovers, the batches that they may belong to, then over what guards have taken back and origins that are no longer needed. What goes wrong with one does not hold up the others.
 * @throws AggregateError with what went wrong
 */
export async function advanceAll(
  deps: Deps,
  { signal, term }: Turn,
  recorded: Recorded = structuredClone(NOTHING_RECORDED),
): Promise<void> {
  const fence: Fence = { name: CUTOVER_LOOP, term };
  const errors = await settleApprovals(deps, fence, signal);
  const open = await systemRead(deps, CUTOVER_ACTOR, (ctx) => openCutovers(ctx.tx));
  for (const { id } of open) {
    if (signal.aborted) return;
    await advanceOne(deps, fence, id).catch((error) => errors.push(error));
  }
  const batches = await systemRead(deps, CUTOVER_ACTOR, (ctx) => batchesToAdvance(ctx.tx));
  for (const id of batches) {
    if (signal.aborted) return;
    await advanceWhole(deps, fence, id).catch((error) => errors.push(error));
  }
  await recordBreaches(deps, fence, recorded.breaches).catch((error) => errors.push(error));
  await recordStops(deps, fence, recorded.stops).catch((error) => errors.push(error));
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} of ${open.length + batches.length} cutovers got stuck`);
  await noteDueOrigins(deps, fence);
}

/** Says of origins whose time as the way back is over that they may be switched off; mostly there is none. */
async function noteDueOrigins(deps: Deps, fence: Fence): Promise<void> {
  const due = await systemRead(deps, CUTOVER_ACTOR, unnotedOrigins);
  if (due.length === 0) return;
  await systemWrite(deps, CUTOVER_ACTOR, async (ctx) => {
    await requireTerm(ctx.tx, fence);
    await noteOrigins(ctx);
  });
}

const fencedBy =
  (deps: Deps, fence: Fence): Fenced =>
  (change) =>
    systemWrite(deps, CUTOVER_ACTOR, async (ctx) => {
      await requireTerm(ctx.tx, fence);
      return change(ctx);
    });

async function advanceWhole(deps: Deps, fence: Fence, batchId: string): Promise<void> {
  while (await advanceBatch(fencedBy(deps, fence), batchId)) {}
}

async function advanceOne(deps: Deps, fence: Fence, cutoverId: string): Promise<void> {
  const fenced = fencedBy(deps, fence);
  try {
    while (await fenced((ctx) => advanceCutover(ctx, cutoverId))) {}
  } catch (error) {
    if (!isImpossible(error)) throw error;
    await fenced(async (ctx) => {
      const cutover = await lockedCutover(ctx, cutoverId);
      if (!canStep(cutover.phase, "aborted")) {
        await noteMessage(ctx, cutover, `It cannot continue: ${error.message}${error.fix ? ` ${error.fix}` : ""}`);
        return;
      }
      const message = `${error.message} Nothing was switched.`;
      await abortHeld(ctx, cutover, { reason: message, message });
    });
  }
}

/** The catalog itself says no: the route moved, the version was withdrawn, the pool is empty. Trying again is no use. */
const isImpossible = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === "conflict" && error.reason !== "lease_lost";
