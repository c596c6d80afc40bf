import type { Database } from "#lib/platform/db.ts";
import { insertTraces } from "./store.ts";
import type { RequestTrace } from "./trace.ts";

/** Stores a batch of traces in one statement. Sending a batch again changes nothing. */
export async function recordTraces(db: Database, traces: readonly RequestTrace[]): Promise<void> {
  if (traces.length > 0) await insertTraces(db, traces);
}
