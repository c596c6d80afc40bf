/**
 * Rows that are read again and again keep their places: those known stay in the order they had, new ones come last. Only
 * another `order` (the reader chose a column) puts all of them in order again.
 * @param before keys in the order they are shown in; empty = not yet shown
 */
export function steadyOrder<Row>(
  before: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  compare: (a: Row, b: Row) => number,
): Row[] {
  const places = new Map(before.map((key, index) => [key, index]));
  const placeOf = (row: Row) => places.get(keyOf(row)) ?? Number.POSITIVE_INFINITY;
  const known = rows.filter((row) => places.has(keyOf(row))).sort((a, b) => placeOf(a) - placeOf(b));
  const fresh = rows.filter((row) => !places.has(keyOf(row))).sort(compare);
  return [...known, ...fresh];
}

/** Unknown comes last, whichever way one sorts. */
export const byValue =
  <Row>(read: (row: Row) => number | null, direction: "asc" | "desc") =>
  (a: Row, b: Row): number => {
    const [left, right] = [read(a), read(b)];
    if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
    return direction === "asc" ? left - right : right - left;
  };
