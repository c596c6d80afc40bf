import { labelOf } from "#lib/fleet/bulk/choose-versions.ts";
import { whyNotLoadable } from "#lib/fleet/bulk/judge-version.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { BatchPlanInput, BatchPreviewItem } from "../browser/batch-schema.ts";
import { requireStart } from "../start-cutover.ts";
import { type BatchRoom, readRoom } from "./batch-room.ts";
import { takenAdapters } from "./batch-store.ts";

export type Refusal = { code: string; message: string; fix: string | null };
type Row = BatchPlanInput["rows"][number];
export type JudgedRow = Row & { refusal: Refusal | null };

/** What a refused start says of a row. Alone it could be confirmed for its tenant; in a batch there is nobody to ask. */
export const refusalOf = (error: AppError): Refusal =>
  error.reason === "not_confirmed"
    ? { code: error.reason, message: error.message, fix: "Cut it over separately, where you are asked to confirm it." }
    : { code: error.reason, message: error.message, fix: error.fix };

/** Which rows would start right now, and why the others would be refused. A freeze refuses none: the batch waits. */
export async function judgeRows(ctx: Ctx, input: BatchPlanInput): Promise<{ rows: JudgedRow[]; room: BatchRoom }> {
  const room = await readRoom(
    ctx,
    input.rows.map(({ toVersionId }) => toVersionId),
  );
  const taken = await takenAdapters(
    ctx.tx,
    input.rows.map(({ adapterId }) => adapterId),
  );
  const seen = new Set<string>();
  const rows: JudgedRow[] = [];
  for (const row of input.rows) {
    const other = taken.find(({ adapterId }) => adapterId === row.adapterId);
    const refusal = seen.has(row.adapterId)
      ? TWICE
      : other
        ? takenBy(other.label, other.batchId)
        : await judgeRow(ctx, { ...input, ...row }, room);
    seen.add(row.adapterId);
    rows.push({ ...row, refusal });
  }
  return { rows, room };
}

const TWICE: Refusal = {
  code: "adapter_twice",
  message: "Its adapter is already in the batch.",
  fix: "Leave one of them out.",
};

const takenBy = (label: string, batchId: string): Refusal => ({
  code: "in_other_batch",
  message: `Another batch still has ${label} (${batchId}).`,
  fix: "Wait until that batch has ended, or stop it.",
});

async function judgeRow(
  ctx: Ctx,
  { adapterId, toVersionId, plan, overrideReason }: Row & Pick<BatchPlanInput, "plan" | "overrideReason">,
  { versions, targets }: BatchRoom,
): Promise<Refusal | null> {
  try {
    await requireStart(ctx, { adapterId, toVersionId, plan, overrideReason });
  } catch (error) {
    if (error instanceof AppError) return refusalOf(error);
    throw error;
  }
  const version = versions.get(toVersionId);
  const obstacle = version && whyNotLoadable(version, targets.get(toVersionId)?.length ?? 0);
  return obstacle ? { code: "not_loadable", message: obstacle.reason, fix: obstacle.fix } : null;
}

/** As the API shows a judged row; one that names nothing goes by the ids it was given. */
export function toPreviewItem(
  { adapterId, toVersionId, refusal }: JudgedRow,
  { versions }: BatchRoom,
): BatchPreviewItem {
  const version = versions.get(toVersionId);
  return {
    adapterId,
    toVersionId,
    tenantId: version?.tenantId ?? null,
    label: version ? labelOf(version) : toVersionId,
    ready: refusal === null,
    code: refusal?.code ?? null,
    message: refusal?.message ?? null,
    fix: refusal?.fix ?? null,
  };
}
