import type { Database, Tx } from "./db.ts";
import { platformScope } from "./scope.ts";

/** A table whose rows are dropped by partition: how wide one is, and how many days rows are kept. */
export type Partitioned = { table: string; unit: "day" | "month"; days: number };

/** Makes the partitions around now, and drops those that are past their time. */
export async function keepPartitions(tx: Tx, tables: readonly Partitioned[], now: Date): Promise<void> {
  for (const { table, unit, days } of tables) await keepTable(tx, { table, unit, days }, now);
}

const NEVER_DAYS = 365_000;

/** Makes the partitions of some moments. It drops none: the clock of whoever sends rows may be years ahead. */
export async function makePartitions(tx: Tx, tables: readonly Partitioned[], moments: readonly Date[]): Promise<void> {
  const days = new Set(moments.map((at) => at.toISOString().slice(0, 10)));
  for (const day of days)
    for (const { table, unit } of tables) await keepTable(tx, { table, unit, days: NEVER_DAYS }, new Date(day));
}

const keepTable = (tx: Tx, { table, unit, days }: Partitioned, moment: Date): Promise<number> =>
  tx.client
    .$executeRaw`SELECT keep_partitions(${table}::regclass, ${unit}, ${moment}, ${days}::int * interval '1 day')`;

/**
 * Runs an insert by `Database.bulk`. Partitions are there before their rows; where one is not (rows of last week, a clock that
 * was set), it is made, and the insert runs again.
 */
export async function insertPartitioned<Result>(
  db: Database,
  tables: readonly Partitioned[],
  moments: () => readonly Date[],
  insert: () => Promise<Result>,
): Promise<Result> {
  try {
    return await insert();
  } catch (error) {
    if (!isMissingPartition(error)) throw error;
    await db.write(platformScope, (tx) => makePartitions(tx, tables, moments()));
    return insert();
  }
}

/** Postgres reports it as a violated check. */
const isMissingPartition = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "23514" &&
  error.message.includes("no partition of relation");
