import type { Database } from "#lib/platform/db.ts";
import { insertPartitioned } from "#lib/platform/partitions.ts";
import { PARTITIONED } from "../partitioned.ts";
import { INSERT_TRACES, type TraceBatch } from "./trace-batch.ts";

/** One statement for a batch. A batch that is sent again after a lost answer changes nothing. */
export const insertTraces = (db: Database, batch: TraceBatch): Promise<number> =>
  insertPartitioned(
    db,
    [PARTITIONED.request],
    () => batch.arrivals(),
    () => db.bulk(INSERT_TRACES, [batch.json()]),
  );
