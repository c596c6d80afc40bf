import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Starter } from "#lib/identity/actor-now.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type {
  BatchCandidate,
  BatchCounts,
  BatchEvent,
  BatchRow,
  BatchState,
  BatchStop,
} from "../browser/batch-schema.ts";
import type { PlanChoice } from "../browser/plan-schema.ts";
import type { CutoverPhase, CutoverStep } from "../schema.ts";

type Row = Prisma.CutoverBatchGetPayload<Record<never, never>>;
export type BatchRecord = Omit<Row, "plan" | "startedBy" | "history"> & {
  plan: PlanChoice | null;
  startedBy: Starter;
  history: BatchEvent[];
};
export type BatchRowRecord = Prisma.CutoverBatchRowGetPayload<Record<never, never>> & {
  /** Of its cutover. */
  phase: CutoverPhase | null;
  cutoverMessage: string | null;
  /** The step that it took last. */
  lastStep: CutoverStep | null;
};

const toRecord = (row: Row): BatchRecord => ({
  ...row,
  plan: row.plan as PlanChoice | null,
  startedBy: row.startedBy as Starter,
  history: row.history as unknown as BatchEvent[],
});
const toJson = (value: unknown) => value as Prisma.InputJsonValue;

/** Serialises the making of batches, so that no adapter is taken into two of them. */
export async function lockBatches(tx: Tx): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('cutover-batches', 0))`;
}

/** Locked until the transaction ends: every change of a batch and of its rows begins here. */
export async function lockBatch(tx: Tx, batchId: string): Promise<BatchRecord | null> {
  await tx.client.$queryRaw`SELECT "id" FROM "CutoverBatch" WHERE "id" = ${batchId} FOR UPDATE`;
  return getBatch(tx, batchId);
}

export async function getBatch(tx: Tx, batchId: string): Promise<BatchRecord | null> {
  const row = await tx.client.cutoverBatch.findUnique({ where: { id: batchId } });
  return row && toRecord(row);
}

/** Those that may still come to something; what was stopped by failures waits for somebody. */
const IS_ACTIVE: Prisma.CutoverBatchWhereInput = {
  OR: [
    { state: { in: ["running", "paused"] } },
    { state: "stopped", rows: { some: { state: { in: ["waiting", "running"] } } } },
  ],
};

/** Those that may start something by themselves, or have something under way. */
export async function batchesToAdvance(tx: Tx): Promise<string[]> {
  const batches = await tx.client.cutoverBatch.findMany({
    where: { OR: [{ state: { in: ["running", "paused"] } }, { rows: { some: { state: "running" } } }] },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  return batches.map(({ id }) => id);
}

/** Those that are stopped, and those that were made since. */
export async function batchesToRecord(tx: Tx, since: Date): Promise<BatchRecord[]> {
  const rows = await tx.client.cutoverBatch.findMany({
    where: { OR: [{ state: "stopped" }, { createdAt: { gt: since } }] },
    orderBy: { id: "desc" },
    take: TOLD_MAX,
  });
  return rows.map(toRecord);
}
const TOLD_MAX = 200;

type BatchFilter = { limit: number; cursor?: string | undefined; active?: "true" | "false" | undefined };

export async function listBatches(tx: Tx, query: BatchFilter): Promise<Page<BatchRecord>> {
  const { active } = query;
  const rows = await tx.client.cutoverBatch.findMany({
    ...pageArgs(query),
    where: active === undefined ? {} : active === "true" ? IS_ACTIVE : { NOT: IS_ACTIVE },
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toRecord) };
}

const NO_ROWS: BatchCounts = { waiting: 0, running: 0, completed: 0, failed: 0, skipped: 0 };

/** How many rows of each batch stand where. */
export async function countRows(tx: Tx, batchIds: readonly string[]): Promise<Map<string, BatchCounts>> {
  const groups = await tx.client.cutoverBatchRow.groupBy({
    by: ["batchId", "state"],
    where: { batchId: { in: [...batchIds] } },
    _count: true,
  });
  const counts = new Map(batchIds.map((id) => [id, { ...NO_ROWS }]));
  for (const { batchId, state, _count } of groups) {
    const of = counts.get(batchId);
    if (of) of[state] = _count;
  }
  return counts;
}

/** In their order, with where their cutovers stand. */
export async function readRows(tx: Tx, batchId: string): Promise<BatchRowRecord[]> {
  const rows = await tx.client.cutoverBatchRow.findMany({
    where: { batchId },
    orderBy: { position: "asc" },
    include: { cutover: { select: { phase: true, message: true, history: true } } },
  });
  return rows.map(({ cutover, ...row }) => {
    const lastStep = (cutover?.history as CutoverStep[] | undefined)?.at(-1) ?? null;
    return { ...row, phase: cutover?.phase ?? null, cutoverMessage: cutover?.message ?? null, lastStep };
  });
}

/** Of these adapters, those which a batch may still start or has under way. */
export const takenAdapters = (
  tx: Tx,
  adapterIds: readonly string[],
): Promise<{ adapterId: string; batchId: string; label: string }[]> =>
  tx.client.cutoverBatchRow.findMany({
    where: { adapterId: { in: [...adapterIds] }, state: { in: ["waiting", "running"] } },
    select: { adapterId: true, batchId: true, label: true },
  });

type NewBatch = {
  id: string;
  atOnce: number;
  stopAfterFailures: number;
  plan: PlanChoice | null;
  overrideReason: string | null;
  startedBy: Starter;
  requestedBy: string;
  history: readonly BatchEvent[];
  rows: readonly { tenantId: string; adapterId: string; toVersionId: string; label: string }[];
};

export async function insertBatch(tx: Tx, { rows, plan, startedBy, history, ...batch }: NewBatch): Promise<void> {
  await tx.client.cutoverBatch.create({
    data: {
      ...batch,
      startedBy: toJson(startedBy),
      history: toJson(history),
      ...(plan === null ? {} : { plan: toJson(plan) }),
      rows: { create: rows.map((row, position) => ({ ...row, position })) },
    },
    select: { id: true },
  });
}

type BatchChange = {
  state: BatchState;
  stoppedBy: BatchStop | null;
  event: BatchEvent;
  message?: string | null;
  failuresForgiven?: number;
  startedBy?: Starter;
  finishedAt?: Date | null;
};

/** Moves a batch to another state and writes that down; the caller holds its lock. */
export async function saveBatch(
  tx: Tx,
  batch: BatchRecord,
  { event, startedBy, ...change }: BatchChange,
): Promise<void> {
  await tx.client.cutoverBatch.update({
    where: { id: batch.id },
    data: {
      ...change,
      ...(startedBy === undefined ? {} : { startedBy: toJson(startedBy) }),
      history: toJson([...batch.history, event]),
      generation: { increment: 1 },
    },
    select: { id: true },
  });
}

/** Why nothing new starts. Its state stays, so nobody is woken by it. */
export async function saveBatchMessage(tx: Tx, batchId: string, message: string | null): Promise<void> {
  await tx.client.cutoverBatch.update({ where: { id: batchId }, data: { message }, select: { id: true } });
}

export type RowChange = Partial<
  Pick<BatchRowRecord, "code" | "reason" | "fix" | "startedAt" | "endedAt" | "cutoverId">
>;

/** @returns false when the row was in another state by then */
export async function saveRow(
  tx: Tx,
  at: { batchId: string; position: number; from: BatchRow["state"] },
  change: RowChange & { state: BatchRow["state"] },
): Promise<boolean> {
  const { batchId, position, from } = at;
  const { count } = await tx.client.cutoverBatchRow.updateMany({
    where: { batchId, position, state: from },
    data: change,
  });
  return count === 1;
}

/** Those that have not begun never will. */
export async function skipWaiting(tx: Tx, batchId: string, why: { reason: string; endedAt: Date }): Promise<void> {
  await tx.client.cutoverBatchRow.updateMany({
    where: { batchId, state: "waiting" },
    data: { state: "skipped", code: "stopped", ...why },
  });
}

/** The versions that cutovers under way come from: they have to stay warm. */
export async function waysBack(tx: Tx): Promise<Set<string>> {
  const open = await tx.client.cutover.findMany({
    where: { phase: { notIn: ["completed", "rolled_back", "aborted"] }, fromVersionId: { not: null } },
    select: { fromVersionId: true },
  });
  return new Set(open.flatMap(({ fromVersionId }) => fromVersionId ?? []));
}

/**
 * Of these adapters those whose newest ready version is neither live nor rolled back, in the order of tenants; at most so many
 * as a batch may hold.
 */
export function listCandidates(tx: Tx, adapterIds: readonly string[], limit: number): Promise<BatchCandidate[]> {
  return tx.client.$queryRaw<BatchCandidate[]>`
    SELECT a."tenantId", t."slug" AS "tenantSlug", t."name" AS "tenantName", a."id" AS "adapterId",
      a."slug" AS "adapterSlug", v."id" AS "toVersionId", v."number" AS "toNumber", live."number" AS "liveNumber"
    FROM "Adapter" a JOIN "Tenant" t ON t."id" = a."tenantId"
    JOIN LATERAL (
      SELECT "id", "number", "rolledBackAt" FROM "AdapterVersion" WHERE "adapterId" = a."id" AND "state" = 'ready'
      ORDER BY "number" DESC LIMIT 1
    ) v ON true
    LEFT JOIN "Route" r ON r."adapterId" = a."id" LEFT JOIN "AdapterVersion" live ON live."id" = r."liveVersionId"
    WHERE a."id" = ANY(${[...adapterIds]}) AND r."liveVersionId" IS DISTINCT FROM v."id" AND v."rolledBackAt" IS NULL
      AND t."status" NOT IN ('offboarding', 'archived')
    ORDER BY t."slug", a."slug" LIMIT ${limit}`;
}
