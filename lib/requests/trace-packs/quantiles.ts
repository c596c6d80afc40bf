/**
 * Quantiles over every value, interpolated between the two next to the rank as `percentile_cont` of Postgres does.
 * @param values put in another order
 * @param qs ascending, between 0 and 1
 * @returns null of no values
 */
export function exactQuantiles(values: Float64Array, qs: readonly number[]): number[] | null {
  const size = values.length;
  if (size === 0) return null;
  let sorted = 0; // all before it are no larger than any after it
  return qs.map((q) => {
    const rank = q * (size - 1);
    const low = Math.floor(rank);
    const first = select(values, sorted, size - 1, low);
    sorted = low;
    if (rank === low) return first;
    let second = Number.POSITIVE_INFINITY;
    for (let at = low + 1; at < size; at += 1) second = Math.min(second, values[at] ?? second);
    return first + (rank - low) * (second - first);
  });
}

/** Puts the value of a rank into its place, smaller ones before it and larger ones behind it: Hoare's selection. */
function select(values: Float64Array, from: number, last: number, rank: number): number {
  let [left, right] = [from, last];
  while (left < right) {
    const pivot = middleOf(values[left] ?? 0, values[(left + right) >> 1] ?? 0, values[right] ?? 0);
    let low = left;
    let high = right;
    while (low <= high) {
      while ((values[low] ?? 0) < pivot) low += 1;
      while ((values[high] ?? 0) > pivot) high -= 1;
      if (low > high) break;
      const kept = values[low] ?? 0;
      values[low] = values[high] ?? 0;
      values[high] = kept;
      low += 1;
      high -= 1;
    }
    if (rank <= high) right = high;
    else if (rank >= low) left = low;
    else break;
  }
  return values[rank] ?? Number.NaN;
}

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
