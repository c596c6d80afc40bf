import type { Tx } from "#lib/platform/db.ts";
import { makePartitions } from "#lib/platform/partitions.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { PARTITIONED } from "../partitioned.ts";

/** What is summed, and of which finer rows. */
export const ROLLUPS = [
  { table: "usage_5_minutes", stepSeconds: 300, finer: "usage_minute", finerSeconds: 60 },
  { table: "usage_hour", stepSeconds: 3600, finer: "usage_5_minutes", finerSeconds: 300 },
] as const;
export type Rollup = (typeof ROLLUPS)[number];

/** Steps to sum that ended by a moment and whose finer steps are up to date, the newest first. */
export const listDueSteps = async (tx: Tx, { stepSeconds, finerSeconds }: Rollup, endedBy: Date, limit: number) => {
  const rows = await tx.client.$queryRaw<{ at: Date }[]>`
    SELECT "at" FROM usage_pending p
    WHERE "stepSeconds" = ${stepSeconds} AND "at" + ${stepSeconds} * interval '1 second' <= ${endedBy}
      AND NOT EXISTS (SELECT 1 FROM usage_pending f WHERE f."stepSeconds" = ${finerSeconds}
        AND f."at" >= p."at" AND f."at" < p."at" + ${stepSeconds} * interval '1 second')
    ORDER BY "at" DESC LIMIT ${limit}`;
  return rows.map(({ at }) => at);
};

const KEY = Prisma.sql`"tenantId", "adapterId", "versionId", "nodeId", "kind", "via"`;
const SUMMED = Prisma.raw(
  [
    ...["requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted"],
    ...["promptTokens", "completionTokens", "busyMs"],
  ]
    .map((name) => `sum("${name}")`)
    .concat(
      ["fallbackReasons", "failureReasons", "latency", "ttft", "interToken", "queued"].map(
        (name) => `sum_counts("${name}")`,
      ),
      `bool_or("simulated"), max("lastAt")`,
    )
    .join(", "),
);
const COLUMNS = Prisma.sql`"at", ${KEY}, "requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks",
  "uncounted", "promptTokens", "completionTokens", "busyMs", "fallbackReasons", "failureReasons", "latency", "ttft",
  "interToken", "queued", "simulated", "lastAt"`;

/**
 * Sums one step, in place of what was summed of it before. The mark goes first: whoever adds a row meanwhile waits to mark the
 * step anew, so that it is summed again.
 */
export async function sumStep(tx: Tx, rollup: Rollup, at: Date): Promise<void> {
  const { stepSeconds } = rollup;
  const [table, finer] = [Prisma.raw(rollup.table), Prisma.raw(rollup.finer)];
  const end = new Date(at.getTime() + stepSeconds * 1000);
  await tx.client.usagePending.deleteMany({ where: { stepSeconds, at } });
  await makePartitions(tx, [PARTITIONED[rollup.table]], [at]);
  await tx.client.$executeRaw`DELETE FROM ${table} WHERE "at" = ${at}`;
  await tx.client.$executeRaw`
    INSERT INTO ${table} (${COLUMNS}) SELECT ${at}::timestamptz, ${KEY}, ${SUMMED} FROM ${finer}
    WHERE "at" >= ${at} AND "at" < ${end} GROUP BY ${KEY}`;
}
