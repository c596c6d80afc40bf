import type { Database } from "#lib/platform/db.ts";
import type { RequestTrace } from "./trace.ts";
import { TraceBatch } from "./trace-batch.ts";
import { insertTraces } from "./trace-store.ts";

/** Stores traces in one statement. Sending them again changes nothing. */
export async function recordTraces(db: Database, traces: readonly RequestTrace[]): Promise<void> {
  const batch = new TraceBatch();
  for (const trace of traces) batch.add(trace);
  await recordTraceBatch(db, batch);
}

/** Stores a batch in one statement. Sending it again changes nothing. */
export async function recordTraceBatch(db: Database, batch: TraceBatch): Promise<void> {
  if (batch.size > 0) await insertTraces(db, batch);
}
