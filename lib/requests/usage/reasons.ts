/** The sum of any number of stored counts by reason, one behind the other without anything between them. */
export function readReasons(stored: string | undefined): Map<string, number> {
  const reasons = new Map<string, number>();
  const counts = JSON.parse(`[${(stored ?? "").replaceAll("}{", "},{")}]`) as Record<string, number>[];
  for (const each of counts)
    for (const [reason, count] of Object.entries(each)) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  return reasons;
}

/** The reason with the largest count, of equals the first by name; null of none. */
export const commonestReason = (reasons: ReadonlyMap<string, number>): string | null =>
  [...reasons].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))[0]?.[0] ?? null;
