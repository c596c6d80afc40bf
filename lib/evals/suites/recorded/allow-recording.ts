import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, forbidden, notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import type { RecordingState, StartRecording } from "../../browser/recording-schema.ts";
import { deleteAllRecorded } from "./recorded-store.ts";
import { endOpenRecording, insertRecording } from "./recording-store.ts";
import { showRecording } from "./show-recording.ts";

const DAY_MS = 86_400_000;

/**
 * The customer lets some of its requests be kept for tests. Nobody else can: not the platform, and not the database's owner
 * in its place.
 * @throws AppError `not_found`, `forbidden`, or `conflict` (`already_recording`)
 */
export async function allowRecording(ctx: Ctx, input: StartRecording & { adapterId: string }): Promise<RecordingState> {
  const { adapterId, perCent, days, most, words } = input;
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  if (ctx.scope.kind !== "tenant")
    throw forbidden("Only the customer can allow it.", "Ask an admin of the customer; the portal has a page for it.");
  const startedAt = ctx.clock.now();
  const until = new Date(startedAt.getTime() + days * DAY_MS);
  const { tenantId } = adapter;
  const named = [...new Set(words)];
  const startedBy = actorLabel(ctx.actor);
  const allowed = { tenantId, adapterId, perCent, most, words: named, startedBy, startedAt, until };
  const id = await insertRecording(ctx.tx, allowed);
  if (id === null)
    throw conflict("already_recording", "Requests are being recorded already.", "End that recording first.");
  await audit(ctx, {
    action: "recording.allow",
    object: { type: "recording", id },
    tenantId,
    // the words may be names
    after: { adapterId, perCent, most, words: named.length, until: until.toISOString() },
  });
  return showRecording(ctx, adapterId);
}

/**
 * Ends a recording; with `withdraw` everything that was kept is deleted. Saying it twice is saying it once.
 * What a suite was made of stays in that suite.
 * @throws AppError `not_found`, or `conflict` (`never_recorded`)
 */
export async function endRecording(
  ctx: Ctx,
  { adapterId, withdraw }: { adapterId: string; withdraw: boolean },
): Promise<RecordingState> {
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  const { recording } = await showRecording(ctx, adapterId);
  if (recording === null)
    throw conflict("never_recorded", "No request was ever recorded here.", "Nothing needs doing.");
  const endReason = withdraw ? "withdrawn" : "stopped";
  const endedBy = actorLabel(ctx.actor);
  const end = { endedAt: ctx.clock.now(), endedBy, endedByCustomer: ctx.scope.kind === "tenant", endReason } as const;
  await endOpenRecording(ctx.tx, adapterId, end);
  const deleted = withdraw ? await deleteAllRecorded(ctx.tx, adapterId) : 0;
  await audit(ctx, {
    action: withdraw ? "recording.withdraw" : "recording.stop",
    object: { type: "recording", id: recording.id },
    tenantId: adapter.tenantId,
    before: { endedAt: recording.endedAt },
    after: { adapterId, kept: recording.kept, deleted },
  });
  return showRecording(ctx, adapterId);
}
