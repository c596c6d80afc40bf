import type { Database } from "#lib/platform/db.ts";
import type { TraceBatch } from "./trace-batch.ts";
import { insertTraces } from "./trace-store.ts";

/** Stores a batch in one statement. Sending it again changes nothing. */
export async function recordTraceBatch(db: Database, batch: TraceBatch): Promise<void> {
  if (batch.size > 0) await insertTraces(db, batch);
}
