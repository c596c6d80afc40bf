import type { Tx } from "#lib/platform/db.ts";
import { OUR_SHEDS } from "#lib/requests/shed-reasons.ts";

/** Requests of the last minutes that an accepted objective is about, and what became of them. */
export type RecentRequests = {
  /** Answered; of an objective about first tokens, the streams among them. */
  answered: number;
  /** Exact, over them; null without any. */
  p95Ms: number | null;
  /** The gateway's commonest code among those that failed or were shed; null = none was. */
  failure: string | null;
  simulated: boolean;
};

/** By objective; without an entry nothing was asked. The minutes are few, so the trace itself is read. */
export async function recentOf(tx: Tx, from: Date): Promise<Map<string, RecentRequests>> {
  const rows = await tx.client.$queryRaw<(RecentRequests & { objectiveId: string })[]>`
    SELECT "objectiveId", count(*) FILTER (WHERE "isAnswered")::int AS "answered",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY "tookMs") FILTER (WHERE "isAnswered") AS "p95Ms",
      mode() WITHIN GROUP (ORDER BY "reason") FILTER (WHERE NOT "isAnswered") AS "failure",
      bool_or("simulated") AS "simulated"
    FROM (
      SELECT o."id" AS "objectiveId", t."reason", t."simulated",
        t."status" < 400 AS "isAnswered",
        extract(epoch FROM CASE o."kind" WHEN 'ttft_p95' THEN t."firstByteAt" ELSE t."endedAt" END - t."arrivedAt")::float8 * 1000
          AS "tookMs"
      FROM "RequestTrace" t LEFT JOIN "Adapter" a ON a."id" = t."adapterId"
      JOIN "Objective" o ON o."status" = 'accepted' AND (o."tenantId" = t."tenantId" OR o."poolId" = a."poolId")
      WHERE t."kind" = 'user' AND t."arrivedAt" >= ${from}
        AND (t."status" < 400 OR t."status" >= 500 OR t."reason" = ANY(${[...OUR_SHEDS]}))
        AND (o."kind" <> 'ttft_p95' OR (t."stream" AND t."firstByteAt" IS NOT NULL))
    ) AS "requests"
    GROUP BY 1`;
  return new Map(rows.map(({ objectiveId, ...recent }) => [objectiveId, recent]));
}
