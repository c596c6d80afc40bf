import type { Database } from "#lib/platform/db.ts";
import { conflict } from "#lib/platform/errors.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { insertPartitioned } from "#lib/platform/partitions.ts";
import { type NodeRollup, ROLLUP_STEPS } from "../rollup.ts";
import type { LastScrape } from "../scrape/collector.ts";
import { CACHE_COLUMNS, CACHE_TABLES, NODE_COLUMNS, NODE_PARTITIONS, NODE_TABLES } from "./columns.ts";
import { type StoredRow, toRows } from "./node-rows.ts";

const SCRAPE_COLUMNS = [
  "node_id",
  "at",
  "epoch",
  "simulated",
  "samples",
  "teller",
  "recent_requests",
  "tried_at",
  "error",
];
const CACHE_COLUMNS_STORED = ["node_id", "at", "source", "seconds", "simulated", ...Object.values(CACHE_COLUMNS)];

type Upsert = { name: string; table: string; columns: readonly string[]; key: readonly string[]; param: number };

/**
 * Rows of one table, whole: what was stored of the same node and step is replaced. @param unless a condition on the row
 * that is there ("old") and the new one (EXCLUDED)
 */
const upsert = ({ name, table, columns, key, param }: Upsert, unless: string): string => `${name} AS (
  INSERT INTO ${table} AS old (${columns.join(", ")})
  SELECT ${columns.map((column) => `r.${column}`).join(", ")}
  FROM held, jsonb_populate_recordset(NULL::${table}, $${param}::jsonb) AS r
  ON CONFLICT (${key.join(", ")}) DO UPDATE SET
    ${columns
      .filter((column) => !key.includes(column))
      .map((column) => `${column} = EXCLUDED.${column}`)
      .join(", ")}
  WHERE ${unless})`;

/** A clock that was set back goes through minutes twice: the more complete row stays. */
const FEWER_SCRAPES = "old.looks <= EXCLUDED.looks";
const FEWER_SECONDS = "old.seconds <= EXCLUDED.seconds";

/** All that one scrape of the nodes changed, in one statement; nothing of it is kept when somebody else holds the lease. */
const SAVE_TICK = {
  name: "save_tick",
  text: `WITH held AS MATERIALIZED (SELECT 1 FROM "Lease" WHERE "name" = $1 AND "term" = $2::bigint FOR SHARE),
  bounds AS (
    INSERT INTO metrics.histogram_bounds (id, upper_bounds)
    SELECT r.id, r.upper_bounds FROM held, jsonb_populate_recordset(NULL::metrics.histogram_bounds, $3::jsonb) AS r
    ON CONFLICT DO NOTHING),
  ${ROLLUP_STEPS.map((step, index) =>
    upsert(
      {
        name: `node_${step}`,
        table: NODE_TABLES[step],
        columns: NODE_COLUMNS,
        key: ["node_id", "at"],
        param: 5 + index,
      },
      FEWER_SCRAPES,
    ),
  ).join(",\n  ")},
  ${ROLLUP_STEPS.map((step, index) =>
    upsert(
      {
        ...{ name: `cache_${step}`, table: CACHE_TABLES[step], columns: CACHE_COLUMNS_STORED },
        ...{ key: ["node_id", "at", "source"], param: 8 + index },
      },
      FEWER_SECONDS,
    ),
  ).join(",\n  ")},
  ${upsert({ name: "scrapes", table: "metrics.node_look", columns: SCRAPE_COLUMNS, key: ["node_id"], param: 4 }, "old.tried_at <= EXCLUDED.tried_at")}
  SELECT 1 FROM held`,
};

/**
 * Stores rollups and scrapes, all or nothing. Rows are absolute: storing them again, or newer ones of the same step, replaces
 * what was there.
 * @throws AppError `conflict` (`lease_lost`) when a newer term exists: nothing is kept
 */
export async function saveTick(
  db: Database,
  fence: Fence,
  rollups: readonly NodeRollup[],
  scrapes: readonly LastScrape[],
): Promise<void> {
  const { nodes, cache, bounds } = toRows(rollups);
  const json = (rows: readonly StoredRow[]) => JSON.stringify(rows);
  const values = [
    fence.name,
    String(fence.term),
    JSON.stringify([...bounds].map(([id, upper]) => ({ id, upper_bounds: upper }))),
    JSON.stringify(scrapes.map(toScrapeRow)),
    ...ROLLUP_STEPS.map((step) => json(nodes[step])),
    ...ROLLUP_STEPS.map((step) => json(cache[step])),
  ];
  const held = await insertPartitioned(
    db,
    NODE_PARTITIONS,
    () => rollups.map(({ at }) => at),
    () => db.bulk(SAVE_TICK, values),
  );
  if (held === 0)
    throw conflict("lease_lost", `Another worker took over the loop ${fence.name}; this write was refused.`);
}

function toScrapeRow({ nodeId, epoch, simulated, error, triedAt, good, recentRequests }: LastScrape) {
  const { reporter, ...samples } = good?.samples ?? { reporter: undefined };
  return {
    ...{ node_id: nodeId, epoch, simulated, error, tried_at: triedAt.toISOString() },
    at: good?.at.toISOString() ?? null,
    samples: good && samples,
    teller: reporter ?? null,
    recent_requests: recentRequests,
  };
}
