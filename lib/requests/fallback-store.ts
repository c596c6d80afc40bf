import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Via } from "./schema.ts";

export type EpisodeRow = {
  id: string;
  tenantId: string;
  adapterId: string | null;
  via: Via;
  reason: string;
  since: Date;
  lastAt: Date;
  requests: number;
  simulated: boolean;
};

/** Stretches of fallbacks of one adapter by one way, newest first; a pause longer than `gapMs` begins another. */
export const listEpisodeRows = (
  tx: Tx,
  query: {
    from: Date;
    to: Date;
    tenantId: string | undefined;
    gapMs: number;
    limit: number;
    before: { since: Date; id: string } | null;
  },
): Promise<EpisodeRow[]> => {
  const tenantId = tx.scope.kind === "tenant" ? tx.scope.tenantId : query.tenantId;
  return tx.client.$queryRaw<EpisodeRow[]>`
    WITH "fallen" AS (
      SELECT *, "arrivedAt" - max("endedAt") OVER (PARTITION BY "tenantId", "adapterId", "via" ORDER BY "arrivedAt", "id"
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "pause"
      FROM "request"
      WHERE "fallbackReason" IS NOT NULL AND "via" IS NOT NULL AND "status" < 400 AND "kind" = 'user'
        AND "tenantId" IS NOT NULL AND "arrivedAt" >= ${query.from} AND "arrivedAt" < ${query.to}
        ${tenantId === undefined ? Prisma.empty : Prisma.sql`AND "tenantId" = ${tenantId}`}
    ), "numbered" AS (
      SELECT *, count(*) FILTER (WHERE "pause" IS NULL OR "pause" > ${query.gapMs} * interval '1 millisecond')
        OVER (PARTITION BY "tenantId", "adapterId", "via" ORDER BY "arrivedAt", "id") AS "episode"
      FROM "fallen"
    ), "episodes" AS (
      SELECT (array_agg("id" ORDER BY "arrivedAt", "id"))[1] AS "id", "tenantId", "adapterId", "via"::text AS "via",
        mode() WITHIN GROUP (ORDER BY "fallbackReason") AS "reason", min("arrivedAt") AS "since",
        max("endedAt") AS "lastAt", count(*)::int AS "requests", bool_or("simulated") AS "simulated"
      FROM "numbered" GROUP BY "tenantId", "adapterId", "via", "episode"
    )
    SELECT * FROM "episodes"
    ${query.before === null ? Prisma.empty : Prisma.sql`WHERE ("since", "id") < (${query.before.since}, ${query.before.id})`}
    ORDER BY "since" DESC, "id" DESC LIMIT ${query.limit}`;
};
