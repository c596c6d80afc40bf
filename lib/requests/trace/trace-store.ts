import type { Database } from "#lib/platform/db.ts";
import { insertPartitioned } from "../partition-store.ts";
import { INSERT_TRACES, type TraceBatch } from "./trace-batch.ts";

/** One statement for a batch. A batch that is sent again after a lost answer changes nothing. */
export const insertTraces = (db: Database, batch: TraceBatch): Promise<void> =>
  insertPartitioned(
    db,
    "request",
    () => batch.arrivals(),
    () => db.bulk(INSERT_TRACES, [batch.json()]),
  );
