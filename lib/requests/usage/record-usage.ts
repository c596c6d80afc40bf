import type { Database } from "#lib/platform/db.ts";
import { insertPartitioned } from "#lib/platform/partitions.ts";
import { PARTITIONED } from "../partitioned.ts";
import type { UsageRow } from "./usage.ts";
import { UPSERT_USAGE } from "./usage-store.ts";

/** Stores what a gateway counted, in one statement. Sending the same rows again changes nothing. */
export async function recordUsage(db: Database, rows: readonly UsageRow[]): Promise<void> {
  if (rows.length === 0) return;
  const json = JSON.stringify(rows);
  await insertPartitioned(
    db,
    [PARTITIONED.usage_minute],
    () => rows.map(({ at }) => at),
    () => db.bulk(UPSERT_USAGE, [json]),
  );
}
