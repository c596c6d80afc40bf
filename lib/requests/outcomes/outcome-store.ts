import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Comparisons, LateAfter, Outcomes } from "./outcomes.ts";

/** Whose requests: a version's, customers' own or the copies made of them, or those that an endpoint of theirs answered. */
export type Side = { versionId: string; kind: "user" | "shadow" } | { endpointId: string };
/** Requests of one adapter that came from `from` until before `to`. */
export type OutcomeWindow = { tenantId: string; adapterId: string; from: Date; to: Date };

/** A version that was asked first and failed has its part in a request that another answered. */
const isOf = (side: Side): Prisma.Sql =>
  "endpointId" in side
    ? Prisma.sql`("kind" = 'user' AND "endpointId" = ${side.endpointId})`
    : Prisma.sql`("kind" = ${side.kind}::"TrafficKind" AND (("versionId" = ${side.versionId} AND ("via" IS NULL OR "via" = 'primary'))
        OR "failedVersionId" = ${side.versionId}))`;

const within = ({ tenantId, adapterId, from, to }: OutcomeWindow): Prisma.Sql =>
  Prisma.sql`"tenantId" = ${tenantId} AND "adapterId" = ${adapterId} AND "arrivedAt" >= ${from} AND "arrivedAt" < ${to}
    AND "status" <> 499`;

type CountedRow = { bin: number; isCandidate: boolean } & Record<Exclude<keyof Outcomes, "simulated">, bigint> & {
    simulated: boolean;
  };
export type OutcomeBin = { bin: number; isCandidate: boolean; outcomes: Outcomes };

/** Counts of both sides by steps of `stepMs` since the window's begin, in one look at the requests. */
export async function countOutcomes(
  tx: Tx,
  window: OutcomeWindow,
  sides: { candidate: Side; live: Side | null },
  { late, stepMs }: { late: LateAfter; stepMs: number },
): Promise<OutcomeBin[]> {
  const failedId = "versionId" in sides.candidate ? sides.candidate.versionId : null;
  const isLive = sides.live === null ? Prisma.sql`false` : isOf(sides.live);
  const isAnswered = Prisma.sql`"status" < 400 AND "dispatchedAt" IS NOT NULL AND "failedVersionId" IS NULL`;
  const rows = await tx.client.$queryRaw<CountedRow[]>`
    SELECT floor(extract(epoch FROM "arrivedAt" - ${window.from}::timestamptz) * 1000 / ${stepMs}::float8)::int AS "bin", "isCandidate",
      count(*) AS "requests",
      count(*) FILTER (WHERE "status" >= 500 OR ("isCandidate" AND "failedVersionId" = ${failedId})
        OR (NOT "isCandidate" AND "failedVersionId" IS NOT NULL)) AS "failed",
      count(*) FILTER (WHERE "failedVersionId" IS NULL AND "toolCalls" IN ('valid', 'unparsed', 'invalid')) AS "withCalls",
      count(*) FILTER (WHERE "failedVersionId" IS NULL AND "toolCalls" = 'unparsed') AS "unparsed",
      count(*) FILTER (WHERE "failedVersionId" IS NULL AND "toolCalls" = 'invalid') AS "invalid",
      count(*) FILTER (WHERE ${isAnswered} AND "stream" AND "firstByteAt" IS NOT NULL) AS "streams",
      count(*) FILTER (WHERE ${isAnswered} AND "stream" AND "firstByteAt" - "dispatchedAt" > ${late.firstMs}::float8 * interval '1 ms') AS "lateFirst",
      count(*) FILTER (WHERE ${isAnswered}) AS "answered",
      count(*) FILTER (WHERE ${isAnswered} AND "endedAt" - "dispatchedAt" > ${late.wholeMs}::float8 * interval '1 ms') AS "lateWhole",
      bool_or("simulated") AS "simulated"
    FROM (SELECT *, coalesce(${isOf(sides.candidate)}, false) AS "isCandidate" FROM "request" WHERE ${within(window)}) AS asked
    WHERE "isCandidate" OR ${isLive}
    GROUP BY 1, 2 ORDER BY 1`;
  return rows.map(({ bin, isCandidate, simulated, ...counts }) => ({
    bin,
    isCandidate,
    outcomes: {
      requests: Number(counts.requests),
      failed: Number(counts.failed),
      withCalls: Number(counts.withCalls),
      unparsed: Number(counts.unparsed),
      invalid: Number(counts.invalid),
      // where nobody can say what is late, nothing was judged
      streams: late.firstMs === null ? 0 : Number(counts.streams),
      lateFirst: Number(counts.lateFirst),
      answered: late.wholeMs === null ? 0 : Number(counts.answered),
      lateWhole: Number(counts.lateWhole),
      simulated,
    },
  }));
}

/** Fewer say nothing of a p95. */
const P95_LEAST = 100;
const P95_MOST = 5_000;

/** The p95 of the newest requests of a side, of the sending until the first token (streams) and until the end. */
export async function readLateAfter(tx: Tx, window: OutcomeWindow, side: Side): Promise<LateAfter> {
  const [row] = await tx.client.$queryRaw<
    { streams: bigint; answered: bigint; firstMs: number | null; wholeMs: number | null }[]
  >`
    SELECT count(*) AS "answered", count("firstMs") AS "streams",
      percentile_disc(0.95) WITHIN GROUP (ORDER BY "firstMs") AS "firstMs",
      percentile_disc(0.95) WITHIN GROUP (ORDER BY "wholeMs") AS "wholeMs"
    FROM (
      SELECT CASE WHEN "stream" THEN (extract(epoch FROM "firstByteAt" - "dispatchedAt") * 1000)::float8 END AS "firstMs",
        (extract(epoch FROM "endedAt" - "dispatchedAt") * 1000)::float8 AS "wholeMs"
      FROM "request"
      WHERE ${within(window)} AND ${isOf(side)} AND "status" < 400 AND "dispatchedAt" IS NOT NULL AND "failedVersionId" IS NULL
      ORDER BY "arrivedAt" DESC LIMIT ${P95_MOST}
    ) AS newest`;
  const enough = (count: bigint | undefined) => Number(count ?? 0) >= P95_LEAST;
  return {
    firstMs: enough(row?.streams) ? (row?.firstMs ?? null) : null,
    wholeMs: enough(row?.answered) ? (row?.wholeMs ?? null) : null,
  };
}

/** Customers' own requests of an adapter, and when the first of them came. */
export async function countRequests(
  tx: Tx,
  window: OutcomeWindow,
): Promise<{ requests: number; firstAt: Date | null }> {
  const [row] = await tx.client.$queryRaw<{ requests: bigint; firstAt: Date | null }[]>`
    SELECT count(*) AS "requests", min("arrivedAt") AS "firstAt" FROM "request"
    WHERE ${within(window)} AND "kind" = 'user'`;
  return { requests: Number(row?.requests ?? 0), firstAt: row?.firstAt ?? null };
}

/** How copies to a version were answered, beside the replies that customers got. */
export async function countComparisons(tx: Tx, window: OutcomeWindow, versionId: string): Promise<Comparisons> {
  const rows = await tx.client.$queryRaw<{ comparison: string; count: bigint }[]>`
    SELECT "comparison", count(*) AS "count" FROM "request"
    WHERE ${within(window)} AND "kind" = 'shadow' AND "versionId" = ${versionId} AND "comparison" IS NOT NULL
    GROUP BY 1`;
  const of = (name: string) => Number(rows.find(({ comparison }) => comparison === name)?.count ?? 0);
  return {
    same: of("same"),
    different: of("different"),
    bothNone: of("both_none"),
    notComparable: of("not_comparable"),
  };
}

/** When any gateway said last that it is there; null = none did. */
export async function gatewayLastSeen(tx: Tx): Promise<Date | null> {
  const { _max } = await tx.client.gatewayInstance.aggregate({ _max: { seenAt: true } });
  return _max.seenAt;
}
