import { decodeSortedCursor, encodeSortedCursor } from "#lib/http/cursor.ts";
import { invalidField } from "#lib/platform/errors.ts";

const ORDER = "swaps";

/** What was told last: its moment, and how many of that moment were told. */
type Place = { atMs: number; shown: number };

/**
 * A page of what happened on a node, newest first. A place is a moment and not a row number, so that neither what comes nor
 * the beginning of a range that moves on shifts the pages.
 * @param items oldest first
 * @throws AppError `invalid` on a cursor of another list or node
 */
export function pageSwaps<Item extends { atMs: number }>(
  items: readonly Item[],
  { nodeId, limit, cursor }: { nodeId: string; limit: number; cursor?: string | undefined },
): { items: Item[]; nextCursor: string | null } {
  const place = cursor === undefined ? null : placeOf(cursor, nodeId);
  const left = items.toReversed().filter(({ atMs }) => place === null || atMs <= place.atMs);
  const start = place === null ? 0 : Math.min(place.shown, countAt(left, place.atMs));
  const page = left.slice(start, start + limit);
  const last = page.at(-1);
  if (last === undefined || start + page.length >= left.length) return { items: page, nextCursor: null };
  const before = place?.atMs === last.atMs ? start : 0;
  const value = `${last.atMs} ${before + countAt(page, last.atMs)}`;
  return { items: page, nextCursor: encodeSortedCursor(ORDER, { value, id: nodeId }) };
}

const countAt = (items: readonly { atMs: number }[], atMs: number): number =>
  items.filter((item) => item.atMs === atMs).length;

function placeOf(cursor: string, nodeId: string): Place {
  const { value, id } = decodeSortedCursor(cursor, ORDER, "string");
  const [, atMs, shown] = /^(\d+) (\d+)$/.exec(value) ?? [];
  if (id !== nodeId || atMs === undefined || shown === undefined)
    throw invalidField("cursor", "bad_cursor", "The cursor is of another list.", "Use nextCursor of the page before.");
  return { atMs: Number(atMs), shown: Number(shown) };
}
