import type { Tx } from "#lib/platform/db.ts";
import { makePartitions } from "#lib/platform/partitions.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { PARTITIONED } from "../partitioned.ts";
import { MINUTES, type Rollup, USAGE_COUNTS, USAGE_JSON } from "./usage-tables.ts";

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

/** Gateways report the node; its pool is that of the node as it is now. */
export const MINUTES_OF_POOLS = Prisma.sql`(SELECT m.*, coalesce(n."poolId", '') AS "poolId" FROM usage_minute m
  LEFT JOIN "Node" n ON n."id" = m."nodeId")`;

const TENANT_KEY = Prisma.sql`"tenantId", "adapterId", "versionId", "nodeId", "kind", "via"`;
const POOL_KEY = Prisma.sql`"poolId", "kind", "via"`;
const COLUMNS = Prisma.raw(
  [...USAGE_COUNTS, ...USAGE_JSON, "simulated", "lastAt"].map((name) => `"${name}"`).join(", "),
);
const SUMMED = Prisma.raw(
  [
    ...USAGE_COUNTS.map((name) => `sum(u."${name}")`),
    ...USAGE_JSON.map((name) => `sum_counts(u."${name}")`),
    `bool_or(u."simulated"), max(u."lastAt")`,
  ].join(", "),
);

/**
 * Sums one step, in place of what was summed of it before. The mark goes first: whoever adds a row meanwhile waits to mark the
 * step anew, so that it is summed again.
 */
export async function sumStep(tx: Tx, { stepSeconds, sums }: Rollup, at: Date): Promise<void> {
  await tx.client.usagePending.deleteMany({ where: { stepSeconds, at } });
  const end = new Date(at.getTime() + stepSeconds * 1000);
  for (const { into, from } of sums) {
    await makePartitions(tx, [PARTITIONED[into]], [at]);
    const table = Prisma.raw(into);
    const isPool = into.startsWith("usage_pool_");
    const key = isPool ? POOL_KEY : TENANT_KEY;
    await tx.client.$executeRaw`DELETE FROM ${table} WHERE "at" = ${at}`;
    await tx.client.$executeRaw`
      INSERT INTO ${table} ("at", ${key}, ${COLUMNS}) SELECT ${at}::timestamptz, ${key}, ${SUMMED}
      FROM ${isPool && from === MINUTES ? MINUTES_OF_POOLS : Prisma.raw(from)} AS u WHERE "at" >= ${at} AND "at" < ${end} GROUP BY ${key}`;
  }
}
