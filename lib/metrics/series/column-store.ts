import { createHash } from "node:crypto";
import type { NodeRollup, RollupStep } from "../rollup.ts";
import { packColumns } from "./columns.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
export const columnTableOf = (step: RollupStep) => `series.column_${step}`;

/** Rows of rosters and columns as the statement that stores a tick takes them. */
export type ColumnRows = {
  rosters: readonly (string | readonly string[])[][];
  columns: readonly (string | number | null)[][];
};

/** The part of that statement that stores the columns of one step. @param given names its parameter, a JSON array */
export const insertColumns = (step: RollupStep, given: string) => `column_${step} AS (
  INSERT INTO ${columnTableOf(step)} (part, at, roster, data, sum)
  SELECT (row->>1)::smallint, to_timestamp((row->>2)::float8 / 1000), (row->>3)::uuid, decode(row->>4, 'base64'),
    decode(row->>5, 'base64')
  FROM held, jsonb_array_elements(${given}::jsonb) AS row WHERE (row->>0)::int = ${step}
  ON CONFLICT DO NOTHING)`;

export const insertRosters = (given: string) => `roster AS (
  INSERT INTO series.roster (id, nodes)
  SELECT (row->>0)::uuid, ARRAY(SELECT jsonb_array_elements_text(row->1))
  FROM held, jsonb_array_elements(${given}::jsonb) AS row
  ON CONFLICT DO NOTHING)`;

/**
 * The columns of steps that have ended. All nodes that were looked at are on the roster, those that said nothing too, so
 * that it stays the same until a node comes or goes.
 * @param groupOf as for `packColumns`
 */
export function columnRows(
  closed: readonly NodeRollup[],
  lookedAt: readonly string[],
  groupOf: ReadonlyMap<string, string>,
): ColumnRows {
  if (closed.length === 0) return { rosters: [], columns: [] };
  const roster = [...new Set([...lookedAt, ...closed.map(({ nodeId }) => nodeId)])].sort();
  const id = createHash("sha256").update(roster.join("\n")).digest("hex").slice(0, 32);
  const steps = new Map<string, NodeRollup[]>();
  for (const row of closed) {
    const key = `${row.stepSeconds} ${row.at.getTime()}`;
    const rows = steps.get(key);
    if (rows) rows.push(row);
    else steps.set(key, [row]);
  }
  const columns = [...steps.values()].flatMap((rows) =>
    packColumns(rows, roster, groupOf).map(({ part, data, sum }) => [
      rows[0]?.stepSeconds ?? 0,
      part,
      rows[0]?.at.getTime() ?? 0,
      id,
      base64(data),
      sum && base64(sum),
    ]),
  );
  return { rosters: [[id, roster]], columns };
}
