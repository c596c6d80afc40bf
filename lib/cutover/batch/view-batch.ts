import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Batch, BatchCounts, BatchRow, BatchWithRows } from "../browser/batch-schema.ts";
import { type BatchRecord, type BatchRowRecord, countRows, getBatch, readRows } from "./batch-store.ts";

const NONE: BatchCounts = { waiting: 0, running: 0, completed: 0, failed: 0, skipped: 0 };

export const toBatch = ({ startedBy: _, ...batch }: BatchRecord, counts: BatchCounts = NONE): Batch => ({
  ...batch,
  counts,
  createdAt: batch.createdAt.toISOString(),
  finishedAt: batch.finishedAt?.toISOString() ?? null,
});

function toRow({ batchId: _, cutoverMessage, lastStep: __, ...row }: BatchRowRecord): BatchRow {
  return {
    ...row,
    reason: row.reason ?? (row.state === "running" ? cutoverMessage : null),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

/** A batch with its rows, in their order. @throws AppError `not_found` */
export async function readBatch(ctx: Ctx, batchId: string): Promise<BatchWithRows> {
  const batch = await getBatch(ctx.tx, batchId);
  if (batch === null) throw notFound("batch");
  const counts = await countRows(ctx.tx, [batchId]);
  return { ...toBatch(batch, counts.get(batchId)), rows: (await readRows(ctx.tx, batchId)).map(toRow) };
}
