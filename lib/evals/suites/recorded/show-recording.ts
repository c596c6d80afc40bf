import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { nameFor } from "#lib/identity/name-for.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import type { RecordedCase, Recording, RecordingState } from "../../browser/recording-schema.ts";
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
    recording: row && toRecording(row, ctx.scope.kind === "platform"),
    cases: await countRecorded(ctx.tx, adapterId),
    liveVersionId: adapter.route.liveVersionId,
  };
}

function toRecording(row: RecordingRow, isStaff: boolean): Recording {
  const { tenantId: _tenant, adapterId: _adapter, openFor: _open, endedByCustomer, ...rest } = row;
  return {
    ...rest,
    words: isStaff ? null : row.words,
    endedBy: row.endedBy && nameFor(isStaff || endedByCustomer, row.endedBy),
    startedAt: row.startedAt.toISOString(),
    until: row.until.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
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
