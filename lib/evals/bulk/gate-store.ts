import type { Tx } from "#lib/platform/db.ts";

/** Versions that are being evaluated, each with its run. */
export async function activeRuns(tx: Tx, versionIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.client.evalRun.findMany({
    where: { candidateVersionId: { in: [...versionIds] }, state: { in: ["queued", "running"] } },
    select: { id: true, candidateVersionId: true },
  });
  return new Map(rows.map(({ id, candidateVersionId }) => [candidateVersionId, id]));
}

/** How long an answer took in the middle of the latest ones asked in these pools; null = none was asked. */
export async function medianLatency(
  tx: Tx,
  poolIds: readonly string[],
  samples: number,
): Promise<{ medianMs: number; count: number } | null> {
  const [row] = await tx.client.$queryRaw<{ medianMs: number | null; count: number }[]>`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY "latencyMs") AS "medianMs", count(*)::int AS "count" FROM (
      SELECT s."latencyMs" FROM "EvalSample" s JOIN "EvalRun" r ON r."id" = s."runId"
      JOIN "Adapter" a ON a."id" = r."adapterId"
      WHERE a."poolId" = ANY(${[...poolIds]}) AND s."latencyMs" IS NOT NULL ORDER BY s."id" DESC LIMIT ${samples}
    ) AS latest`;
  return row?.medianMs == null ? null : { medianMs: row.medianMs, count: row.count };
}
