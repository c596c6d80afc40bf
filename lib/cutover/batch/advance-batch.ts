import type { Actor } from "#lib/identity/actor.ts";
import { actorNow } from "#lib/identity/actor-now.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { roleCan } from "#lib/identity/policy.ts";
import { AppError } from "#lib/platform/errors.ts";
import { cutoverFreeze } from "../freeze/cutover-freeze.ts";
import { startCutover } from "../start-cutover.ts";
import { CUTOVER_ACTOR } from "../view-cutover.ts";
import { type BatchRoom, readRoom } from "./batch-room.ts";
import {
  type BatchRecord,
  type BatchRowRecord,
  lockBatch,
  readRows,
  saveBatch,
  saveBatchMessage,
  saveRow,
} from "./batch-store.ts";
import { refusalOf } from "./judge-rows.ts";
import { type BatchStep, type PlanRow, planBatch } from "./plan-batch.ts";

/** One transaction of the loop, refused once another worker has taken it over. */
export type Fenced = <T>(change: (ctx: Ctx) => Promise<T>) => Promise<T>;

/** A start that was refused: nothing of its transaction is kept, and another one writes down why. */
class RowRefused extends Error {
  constructor(
    readonly position: number,
    override readonly cause: AppError,
  ) {
    super(cause.message);
  }
}

/**
 * Does one thing for a batch: takes what has ended, stops it, or starts the next row, whose cutover and whose state are one
 * transaction. A refusal makes a failed row of it.
 * @returns true when something was done, so that the next may follow at once
 */
export async function advanceBatch(fenced: Fenced, batchId: string): Promise<boolean> {
  try {
    return await fenced((ctx) => takeStep(ctx, batchId));
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    return fenced((ctx) => failRow(ctx, batchId, error));
  }
}

async function takeStep(ctx: Ctx, batchId: string): Promise<boolean> {
  const batch = await lockBatch(ctx.tx, batchId);
  if (batch === null) return false;
  const rows = await readRows(ctx.tx, batchId);
  const step = planBatch(await factsOf(ctx, batch, rows));
  const now = ctx.clock.now();
  const event = (what: string) => ({ at: now.toISOString(), by: CUTOVER_ACTOR, what });
  switch (step.kind) {
    case "settle":
      await settle(ctx, rows, step.rows);
      return true;
    case "stop":
      await saveBatch(ctx.tx, batch, {
        ...{ state: "stopped", stoppedBy: "failures", message: null },
        event: event(`Stopped after ${step.failures === 1 ? "a failure" : `${step.failures} failures`}.`),
      });
      return true;
    case "complete":
      await saveBatch(ctx.tx, batch, {
        ...{ state: "completed", stoppedBy: null, message: null, finishedAt: now },
        event: event("Every row has ended."),
      });
      return false;
    case "start":
      return startRow(ctx, batch, rows, step.position);
    case "wait":
      if (batch.message !== step.message) await saveBatchMessage(ctx.tx, batchId, step.message);
      return false;
  }
}

async function factsOf(ctx: Ctx, batch: BatchRecord, rows: readonly BatchRowRecord[]) {
  const isRunning = batch.state === "running";
  const waiting = isRunning ? rows.filter(({ state }) => state === "waiting") : [];
  const room = await readRoom(
    ctx,
    waiting.map(({ toVersionId }) => toVersionId),
  );
  const freeze = isRunning ? await cutoverFreeze(ctx) : null;
  return {
    ...batch,
    hold: freeze?.paused ?? null,
    rows: rows.map((row) => factsOfRow(row, room)),
    room: room.room,
  };
}

function factsOfRow({ position, state, phase, toVersionId }: BatchRowRecord, room: BatchRoom): PlanRow {
  if (state !== "waiting") return { position, state, phase, spare: null, adds: [] };
  return { position, state, phase, spare: spareOf(room.versions.get(toVersionId)), adds: room.adds(toVersionId) };
}

/** Why a row needs no cutover any more; what is gone is left to the start, which says so. */
function spareOf(version: ReturnType<BatchRoom["versions"]["get"]>): string | null {
  if (version === undefined) return null;
  const { id, number, liveVersionId, tenantName, tenantStatus } = version;
  if (liveVersionId === id) return `Version ${number} is live already.`;
  return tenantStatus === "offboarding" || tenantStatus === "archived" ? `${tenantName} is off-boarded.` : null;
}

async function settle(
  ctx: Ctx,
  rows: readonly BatchRowRecord[],
  ended: Extract<BatchStep, { kind: "settle" }>["rows"],
): Promise<void> {
  const endedAt = ctx.clock.now();
  for (const { position, state, reason } of ended) {
    const row = rows.find((one) => one.position === position);
    if (row === undefined) continue;
    const why = state === "failed" ? { code: row.phase, reason: whyEnded(row) } : { code: null, reason };
    await saveRow(ctx.tx, { batchId: row.batchId, position, from: row.state }, { state, endedAt, ...why });
  }
}

function whyEnded({ cutoverMessage, lastStep }: BatchRowRecord): string {
  if (cutoverMessage !== null || lastStep === null) return cutoverMessage ?? "It was ended.";
  return `${lastStep.by} ended it${lastStep.reason === null ? "." : `: ${lastStep.reason}`}`;
}

async function startRow(
  ctx: Ctx,
  batch: BatchRecord,
  rows: readonly BatchRowRecord[],
  position: number,
): Promise<boolean> {
  const row = rows.find((one) => one.position === position);
  if (row === undefined) return false;
  const actor = await starterNow(ctx, batch);
  if ("lost" in actor) {
    const at = ctx.clock.now().toISOString();
    await saveBatch(ctx.tx, batch, {
      ...{ state: "stopped", stoppedBy: "rights", message: null },
      event: { at, by: CUTOVER_ACTOR, what: `Stopped: ${actor.lost}` },
    });
    return false;
  }
  const cutoverId = await startAs({ ...ctx, actor, requestId: batch.id }, batch, row);
  if (cutoverId === null) return false;
  const at = { batchId: batch.id, position, from: "waiting" } as const;
  await saveRow(ctx.tx, at, { state: "running", cutoverId, startedAt: ctx.clock.now() });
  if (batch.message !== null) await saveBatchMessage(ctx.tx, batch.id, null);
  return true;
}

/** Whoever the batch acts for, with the rights they have now. */
async function starterNow({ tx, clock, scope }: Ctx, { startedBy }: BatchRecord): Promise<Actor | { lost: string }> {
  const actor = await actorNow(tx, startedBy, clock.now());
  if ("lost" in actor || roleCan(actor, "cutover.start", scope)) return actor;
  return { lost: `${startedBy.label} no longer has permission (cutover.start).` };
}

/** @returns the cutover's id; null when a freeze has begun meanwhile, which refuses no row @throws RowRefused */
async function startAs(ctx: Ctx, { plan, overrideReason }: BatchRecord, row: BatchRowRecord): Promise<string | null> {
  const { adapterId, toVersionId, position } = row;
  try {
    const cutover = await startCutover(ctx, {
      ...{ adapterId, toVersionId },
      plan: plan ?? undefined,
      overrideReason: overrideReason ?? undefined,
    });
    return cutover.id;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.reason === "frozen") return null;
    throw new RowRefused(position, error);
  }
}

async function failRow(ctx: Ctx, batchId: string, { position, cause }: RowRefused): Promise<boolean> {
  await lockBatch(ctx.tx, batchId);
  const { code, message: reason, fix } = refusalOf(cause);
  const at = { batchId, position, from: "waiting" } as const;
  await saveRow(ctx.tx, at, { state: "failed", code, reason, fix, endedAt: ctx.clock.now() });
  return true;
}
