import { createHash } from "node:crypto";
import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { NodeRollup, RollupStep } from "../rollup.ts";
import { type FigureNames, packColumns, partsOf, SEEN, unpackColumns } from "./columns.ts";

const tableOf = (step: RollupStep) => `series.column_${step}`;

/** Rows of rosters and columns as the statement that stores a tick takes them. */
export type ColumnRows = {
  rosters: readonly (string | readonly string[])[][];
  columns: readonly (string | number)[][];
};

/** The part of that statement that stores the columns of one step. @param given names its parameter, a JSON array */
export const insertColumns = (step: RollupStep, given: string) => `column_${step} AS (
  INSERT INTO ${tableOf(step)} (part, at, roster, data)
  SELECT (row->>1)::smallint, to_timestamp((row->>2)::float8 / 1000), (row->>3)::uuid, decode(row->>4, 'base64')
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
 */
export function columnRows(closed: readonly NodeRollup[], lookedAt: readonly string[]): ColumnRows {
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
    packColumns(rows, roster).map(({ part, data }) => [
      rows[0]?.stepSeconds ?? 0,
      part,
      rows[0]?.at.getTime() ?? 0,
      id,
      Buffer.from(data).toString("base64"),
    ]),
  );
  return { rosters: [[id, roster]], columns };
}

type Query = { nodeIds: readonly string[]; stepSeconds: RollupStep; from: Date; to: Date };
type StoredColumn = { part: number; at: Date; roster: string; data: Uint8Array };

/** Rows of steps that have ended, with the figures asked for and no other, by time. */
export async function readColumns(tx: Tx, query: Query, names: FigureNames): Promise<NodeRollup[]> {
  const { stepSeconds, from, to } = query;
  const stored = await tx.client.$queryRaw<StoredColumn[]>`
    SELECT part::int, at, roster::text, data FROM ${Prisma.raw(tableOf(stepSeconds))}
    WHERE part = ANY(${partsOf(names)}) AND at >= ${from} AND at < ${to} ORDER BY at`;
  const rosters = await readRosters(tx, [...new Set(stored.map(({ roster }) => roster))]);
  const asked = new Set(query.nodeIds);
  const rows: NodeRollup[] = [];
  for (let first = 0; first < stored.length; ) {
    const at = stored[first]?.at ?? to;
    let next = first;
    while (stored[next]?.at.getTime() === at.getTime()) next += 1;
    const roster = rosters.get(stored[first]?.roster ?? "") ?? [];
    const row = `columns ${stepSeconds} at ${at.toISOString()}`;
    for (const one of unpackColumns(stored.slice(first, next), roster, { stepSeconds, at }, (id) => asked.has(id), row))
      rows.push(one);
    first = next;
  }
  return rows;
}

async function readRosters(tx: Tx, ids: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await tx.client.$queryRaw<{ id: string; nodes: string[] }[]>`
    SELECT id::text, nodes FROM series.roster WHERE id = ANY(${[...ids]}::uuid[])`;
  return new Map(rows.map(({ id, nodes }) => [id, nodes]));
}

/** The first step that has columns: those before it are told by rows of single nodes alone. null = there is none. */
export async function columnsSince(tx: Tx, stepSeconds: RollupStep): Promise<Date | null> {
  const [row] = await tx.client.$queryRaw<{ at: Date | null }[]>`
    SELECT min(at) AS at FROM ${Prisma.raw(tableOf(stepSeconds))} WHERE part = ${SEEN}`;
  return row?.at ?? null;
}
