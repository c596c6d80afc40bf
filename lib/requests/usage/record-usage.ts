import type { Database } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { UsageRow } from "./usage.ts";
import { upsertUsage } from "./usage-store.ts";

/** Stores what a gateway counted, in one statement. Sending the same rows again changes nothing. */
export async function recordUsage(db: Database, rows: readonly UsageRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.write(platformScope, (tx) => upsertUsage(tx, rows));
}
