import { staleEdit } from "#lib/http/etag.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { starterOf } from "#lib/identity/actor-now.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { roleCan } from "#lib/identity/policy.ts";
import { conflict, forbidden, notFound } from "#lib/platform/errors.ts";
import type { BatchState, BatchStop, BatchWithRows } from "../browser/batch-schema.ts";
import { type BatchRecord, countRows, lockBatch, saveBatch, skipWaiting } from "./batch-store.ts";
import { readBatch } from "./view-batch.ts";

type Input = { batchId: string; expectedGeneration: number; reason?: string | undefined };
type Verb = "pause" | "resume" | "stop";

/** From which states each is possible; what was stopped by hand is over. */
const POSSIBLE: Record<Verb, (state: BatchState, stoppedBy: BatchStop | null) => boolean> = {
  pause: (state) => state === "running",
  resume: (state, stoppedBy) => state === "paused" || (state === "stopped" && stoppedBy !== "hand"),
  stop: (state, stoppedBy) => state !== "completed" && stoppedBy !== "hand",
};

async function lockedFor(ctx: Ctx, verb: Verb, { batchId, expectedGeneration }: Input): Promise<BatchRecord> {
  const batch = await lockBatch(ctx.tx, batchId);
  if (batch === null) throw notFound("batch");
  if (batch.generation !== expectedGeneration) throw staleEdit();
  if (POSSIBLE[verb](batch.state, batch.stoppedBy)) return batch;
  const stands = batch.stoppedBy === "hand" ? "stopped manually and cannot be resumed" : batch.state;
  throw conflict("wrong_state", `The batch is ${stands}.`, "Make a new batch of what is left, or leave it.");
}

async function done(ctx: Ctx, verb: Verb, before: BatchRecord, reason: string | undefined): Promise<BatchWithRows> {
  const after = await readBatch(ctx, before.id);
  await audit(ctx, {
    action: `batch.${verb}`,
    object: { type: "batch", id: before.id },
    tenantId: null,
    before: { state: before.state, stoppedBy: before.stoppedBy },
    after: { state: after.state, stoppedBy: after.stoppedBy, counts: after.counts },
    reason: reason ?? null,
  });
  return after;
}

const eventOf = (ctx: Ctx, what: string, reason: string | undefined) => ({
  at: ctx.clock.now().toISOString(),
  by: actorLabel(ctx.actor),
  what: reason === undefined ? `${what}.` : `${what}: ${reason}`,
});

/** Starts nothing new until somebody resumes it. @throws AppError `not_found`, `stale`, or `conflict` (`wrong_state`) */
export async function pauseBatch(ctx: Ctx, input: Input): Promise<BatchWithRows> {
  const batch = await lockedFor(ctx, "pause", input);
  await saveBatch(ctx.tx, batch, {
    state: "paused",
    stoppedBy: null,
    message: null,
    event: eventOf(ctx, "Paused", input.reason),
  });
  return done(ctx, "pause", batch, input.reason);
}

/**
 * Goes on with what waits, in the name of whoever says so. Failures of before stay failed and count no more.
 * @throws AppError as `pauseBatch`, or `forbidden` where it sets gates aside and the caller may not
 */
export async function resumeBatch(ctx: Ctx, input: Input): Promise<BatchWithRows> {
  const batch = await lockedFor(ctx, "resume", input);
  if (batch.overrideReason !== null && !roleCan(ctx.actor, "cutover.override", ctx.scope))
    throw forbidden("The batch sets gates aside, and you may not (cutover.override).", "Ask a platform admin.");
  const counts = (await countRows(ctx.tx, [batch.id])).get(batch.id);
  const isAfterStop = batch.state === "stopped";
  await saveBatch(ctx.tx, batch, {
    state: "running",
    stoppedBy: null,
    message: null,
    ...(isAfterStop ? { failuresForgiven: counts?.failed ?? 0 } : {}),
    startedBy: starterOf(ctx.actor),
    event: eventOf(ctx, isAfterStop ? `Continues with the remaining ${counts?.waiting ?? 0}` : "Resumed", input.reason),
  });
  return done(ctx, "resume", batch, input.reason);
}

/** Ends it for good: what waits is skipped, what is under way goes on. @throws AppError as `pauseBatch` */
export async function stopBatch(ctx: Ctx, input: Input): Promise<BatchWithRows> {
  const batch = await lockedFor(ctx, "stop", input);
  const now = ctx.clock.now();
  await skipWaiting(ctx.tx, batch.id, { reason: `Stopped by ${actorLabel(ctx.actor)} before its turn.`, endedAt: now });
  await saveBatch(ctx.tx, batch, {
    state: "stopped",
    stoppedBy: "hand",
    message: null,
    finishedAt: now,
    event: eventOf(ctx, "Stopped", input.reason),
  });
  return done(ctx, "stop", batch, input.reason);
}
