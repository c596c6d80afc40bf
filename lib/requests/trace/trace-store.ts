import type { Database } from "#lib/platform/db.ts";
import { INSERT_TRACES, type TraceBatch } from "./trace-batch.ts";

/** One statement for a batch. A batch that is sent again after a lost answer changes nothing. */
export async function insertTraces(db: Database, batch: TraceBatch): Promise<void> {
  await db.bulk(INSERT_TRACES, [batch.json()]);
}
