import type { Database, Tx } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { PARTITIONED, type PartitionedTable } from "./partitioned.ts";

/** Makes the partitions around now, and drops those that are past their time. */
export async function keepPartitions(tx: Tx, now: Date): Promise<void> {
  for (const table of Object.keys(PARTITIONED) as PartitionedTable[])
    await keepTable(tx, table, now, PARTITIONED[table].days);
}

const NEVER_DAYS = 365_000;

/** Makes the partitions of some moments. It drops none: a gateway's clock may be years ahead. */
export async function makePartitions(tx: Tx, table: PartitionedTable, moments: readonly Date[]): Promise<void> {
  const days = new Set(moments.map((at) => at.toISOString().slice(0, 10)));
  for (const day of days) await keepTable(tx, table, new Date(day), NEVER_DAYS);
}

async function keepTable(tx: Tx, table: PartitionedTable, moment: Date, days: number): Promise<void> {
  const { unit } = PARTITIONED[table];
  await tx.client.$executeRaw`
    SELECT keep_partitions(${table}::regclass, ${unit}, ${moment}, ${days}::int * interval '1 day')`;
}

/**
 * Runs an insert. Partitions are there before their rows; where one is not (rows of last week, a clock that was set), it is
 * made, and the insert runs again.
 */
export async function insertPartitioned(
  db: Database,
  table: PartitionedTable,
  moments: () => readonly Date[],
  insert: () => Promise<unknown>,
): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (!isMissingPartition(error)) throw error;
    await db.write(platformScope, (tx) => makePartitions(tx, table, moments()));
    await insert();
  }
}

/** Postgres reports it as a violated check. */
const isMissingPartition = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "23514" &&
  error.message.includes("no partition of relation");
