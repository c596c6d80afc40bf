import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { DecodingMode, SampleSide } from "../schema.ts";

/** How many answers a run has, by side, mode and take. */
export async function countTakesOf(
  tx: Tx,
  runId: string,
): Promise<{ side: SampleSide; mode: DecodingMode; take: number; count: number }[]> {
  const rows = await tx.client.evalSample.groupBy({
    by: ["side", "mode", "take"],
    where: { AND: [{ runId }, tenantWhere(tx.scope)] },
    _count: { _all: true },
  });
  return rows.map(({ side, mode, take, _count }) => ({ side, mode, take, count: _count._all }));
}

/** Answers of a run in each slice of a window, the oldest slice first. */
export async function countBySlice(
  tx: Tx,
  runId: string,
  { from, sliceMs, slices }: { from: Date; sliceMs: number; slices: number },
): Promise<number[]> {
  const rows = await tx.client.$queryRaw<{ slice: number; count: number }[]>`
    SELECT least(${slices - 1}, floor(extract(epoch FROM "createdAt" - ${from}) * 1000 / ${sliceMs}))::int AS "slice",
      count(*)::int AS "count"
    FROM "EvalSample" WHERE "runId" = ${runId} AND "createdAt" >= ${from} GROUP BY 1`;
  const bySlice = new Map(rows.map(({ slice, count }) => [slice, count]));
  return Array.from({ length: slices }, (_, slice) => bySlice.get(slice) ?? 0);
}

/** Whether a pool answers with simulated nodes. */
export const isPoolSimulated = async (tx: Tx, poolId: string): Promise<boolean> =>
  (await tx.client.node.count({ where: { poolId, simulated: true } })) > 0;
