import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { durationOf } from "../charts/trace-chart-store.ts";
import { type ChartedRequest, OUTCOME, packRequests } from "./pack-requests.ts";

const HOUR_MS = 3_600_000;

/** Hours that ended by a moment and are not packed, the newest first. The one of the oldest trace may have lost others. */
export async function hoursToPack(tx: Tx, endedBy: Date, limit: number): Promise<Date[]> {
  const rows = await tx.client.$queryRaw<{ at: Date }[]>`
    SELECT "at" FROM (SELECT min("arrivedAt") AS "at" FROM "RequestTrace") AS oldest ("first"),
      generate_series(date_bin('1 hour', "first", 'epoch'::timestamptz) + interval '1 hour',
        ${endedBy}::timestamptz - interval '1 hour', interval '1 hour') AS "at"
    WHERE NOT EXISTS (SELECT 1 FROM "TraceHour" h WHERE h."at" = "at"."at")
    ORDER BY "at" DESC LIMIT ${limit}`;
  return rows.map(({ at }) => at);
}

type Read = Omit<ChartedRequest, "outcome"> & {
  answered: boolean;
  failed: boolean;
  fellBack: boolean;
  simulated: boolean;
  endedAt: Date;
};

/** Packs an hour as its requests are now, in place of what was packed of it before. */
export async function packHour(tx: Tx, hour: Date, now: Date): Promise<void> {
  const read = await tx.client.$queryRaw<Read[]>`
    SELECT COALESCE("tenantId", '') AS "tenantId", COALESCE("adapterId", '') AS "adapterId",
      COALESCE("nodeId", '') AS "nodeId", extract(minute FROM "arrivedAt")::int AS "minute",
      "status" < 400 AS "answered", "status" >= 500 AS "failed",
      "status" < 400 AND "fallbackReason" IS NOT NULL AS "fellBack", "simulated", "endedAt",
      (${durationOf("whole")})::float8 AS "wholeMs", (${durationOf("first_byte")})::float8 AS "firstByteMs",
      ((${durationOf("token")}) * 1000)::float8 AS "perTokenUs",
      COALESCE("promptTokens", 0) AS "promptTokens", COALESCE("completionTokens", 0) AS "completionTokens"
    FROM "RequestTrace"
    WHERE "kind" = 'user' AND "arrivedAt" >= ${hour} AND "arrivedAt" < ${new Date(hour.getTime() + HOUR_MS)}`;
  const byTenant = new Map<string, Read[]>();
  for (const one of read) {
    const own = byTenant.get(one.tenantId);
    if (own) own.push(one);
    else byTenant.set(one.tenantId, [one]);
  }
  await tx.client.tracePack.deleteMany({ where: { at: hour } });
  await tx.client.tracePack.createMany({ data: [...byTenant].map(([tenantId, own]) => packOf(tenantId, hour, own)) });
  const state = { packedAt: now, settled: false };
  await tx.client.traceHour.upsert({ where: { at: hour }, create: { at: hour, ...state }, update: state });
}

function packOf(tenantId: string, at: Date, requests: readonly Read[]): Prisma.TracePackCreateManyInput {
  const count = (of: (request: Read) => number) => requests.reduce((sum, request) => sum + of(request), 0);
  const pack = packRequests(
    requests.map(({ answered, failed, fellBack, ...request }) => ({
      ...request,
      outcome: (answered ? OUTCOME.answered : 0) + (failed ? OUTCOME.failed : 0) + (fellBack ? OUTCOME.fellBack : 0),
    })),
  );
  return {
    ...{ tenantId, at, requests: requests.length },
    answered: count(({ answered }) => Number(answered)),
    failed: count(({ failed }) => Number(failed)),
    fellBack: count(({ fellBack }) => Number(fellBack)),
    promptTokens: count(({ promptTokens }) => promptTokens),
    completionTokens: count(({ completionTokens }) => completionTokens),
    simulated: requests.some(({ simulated }) => simulated),
    lastAt: new Date(Math.max(...requests.map(({ endedAt }) => endedAt.getTime()))),
    ...pack,
  };
}

/**
 * Hours that were packed by a moment are good from now on, if nothing was written meanwhile that is not in them; the others
 * are packed again.
 */
export async function settleHours(tx: Tx, packedBy: Date): Promise<void> {
  await tx.client.$executeRaw`
    WITH "packed" AS (
      SELECT h."at", COALESCE((SELECT sum(p."requests") FROM "TracePack" p WHERE p."at" = h."at"), 0) AS "requests"
      FROM "TraceHour" h WHERE NOT h."settled" AND h."packedAt" <= ${packedBy}
    ), "counted" AS (
      SELECT p."at", p."requests" = (
        SELECT count(*) FROM "RequestTrace" t
        WHERE t."kind" = 'user' AND t."arrivedAt" >= p."at" AND t."arrivedAt" < p."at" + interval '1 hour') AS "same"
      FROM "packed" p
    ), "again" AS (
      DELETE FROM "TraceHour" h USING "counted" c WHERE h."at" = c."at" AND NOT c."same"
    )
    UPDATE "TraceHour" h SET "settled" = true FROM "counted" c WHERE h."at" = c."at" AND c."same"`;
}
