import { type AppError, invalidField } from "#lib/platform/errors.ts";
import type { Page } from "./schema.ts";

/** Where a list goes on: opaque to callers. Rows are ordered by id (UUIDv7, so by age), the cursor is the last id seen. */
export const encodeCursor = (lastId: string): string => Buffer.from(lastId, "utf8").toString("base64url");

/** @throws AppError `invalid` on a cursor that no list of ours handed out. */
export function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString("utf8");
  if (!ID.test(id)) throw badCursor();
  return id;
}

const ID = /^[a-z]{3,4}_[0-9a-f]{32}$/;
/** Where something ended has a place of its own in a list, named after what ended. */
const PLACE_ID = /^[a-z]{3,4}_[0-9a-f]{32}(-end)?$/;
const badCursor = (): AppError =>
  invalidField("cursor", "bad_cursor", "The cursor is not one of ours.", "Use nextCursor of the page before.");

/** Where a list in another order goes on: after a value, and among equal values after an id. */
export type SortedPlace = { value: string | number; id: string };

/** The order is part of the cursor: a place in one order means nothing in another. */
export const encodeSortedCursor = (order: string, { value, id }: SortedPlace): string =>
  Buffer.from(JSON.stringify([order, value, id]), "utf8").toString("base64url");

/** @throws AppError `invalid` on a cursor that no list in this order handed out. */
export function decodeSortedCursor<Kind extends keyof SortKinds>(
  cursor: string,
  order: string,
  kind: Kind,
): { value: SortKinds[Kind]; id: string } {
  const [of, value, id] = readArray(Buffer.from(cursor, "base64url").toString("utf8"));
  const isValue = kind === "number" ? Number.isSafeInteger(value) : typeof value === "string";
  if (of !== order || typeof id !== "string" || !PLACE_ID.test(id) || !isValue) throw badCursor();
  return { value: value as SortKinds[Kind], id };
}

type SortKinds = { string: string; number: number };

function readArray(text: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}

/** Cuts a query of `limit + 1` rows into a page. */
export function toPage<Row extends { id: string }>(rows: readonly Row[], limit: number): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(last.id) : null };
}

/** Prisma's arguments for a page ordered by id, newest first. */
export const pageArgs = (query: { limit: number; cursor?: string | undefined }) => ({
  take: query.limit + 1,
  orderBy: { id: "desc" as const },
  ...(query.cursor ? { cursor: { id: decodeCursor(query.cursor) }, skip: 1 } : {}),
});
