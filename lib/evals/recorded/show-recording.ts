import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { nameFor } from "#lib/identity/name-for.ts";
import { ownAmong } from "#lib/identity/tenant-access-store.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import type { RecordedCase, Recording, RecordingState } from "../browser/recording-schema.ts";
import { countRecorded, pageOfRecorded, type RecordedRow } from "./recorded-store.ts";
import { currentRecording, type RecordingRow } from "./recording-store.ts";

/** Whether requests of an adapter are kept, by whose leave, and what became of them. @throws AppError `not_found` */
export async function showRecording(ctx: Ctx, adapterId: string): Promise<RecordingState> {
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  const row = await currentRecording(ctx.tx, adapterId);
  return {
    adapterId,
    tenantId: adapter.tenantId,
    recording: row && (await toRecording(ctx, row)),
    cases: await countRecorded(ctx.tx, adapterId),
    liveVersionId: adapter.route.liveVersionId,
  };
}

/** Only a customer's own can start one; anybody may have ended it. */
async function toRecording({ tx, scope }: Ctx, row: RecordingRow): Promise<Recording> {
  const isStaff = scope.kind === "platform";
  const { tenantId: _tenant, adapterId: _adapter, openFor: _open, startedAt, until, endedAt, words, ...rest } = row;
  return {
    ...rest,
    words: isStaff ? null : words,
    endedBy: row.endedBy && nameFor(isStaff, row.endedBy, isStaff ? undefined : await ownAmong(tx, row.id)),
    startedAt: startedAt.toISOString(),
    until: until.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** The requests that are kept, newest first. @throws AppError `not_found` */
export async function listRecordedCases(
  ctx: Ctx,
  { adapterId, ...query }: PageQuery & { adapterId: string },
): Promise<Page<RecordedCase>> {
  if ((await getAdapter(ctx.tx, adapterId)) === null) throw notFound("adapter");
  const page = await pageOfRecorded(ctx.tx, adapterId, query);
  return { ...page, items: page.items.map(toRecordedCase) };
}

function toRecordedCase({ id, versionId, category, askedAt, deleteAt, prompt }: RecordedRow): RecordedCase {
  const { messages, tools, expected } = prompt;
  return {
    id,
    versionId,
    category,
    messages,
    tools,
    expected,
    askedAt: askedAt.toISOString(),
    deleteAt: deleteAt.toISOString(),
  };
}
