/** A list that is read page by page, newest first. */
export type Source<Item extends { at: string }> = { items: readonly Item[] | undefined; hasMore: boolean };

/**
 * Two lists as one time line, newest first. What is older than the end of a list that goes on is left out until that list
 * has been read further: between its entries there may be others.
 */
export function mergeTimeline<A extends { at: string }, B extends { at: string }>(
  a: Source<A>,
  b: Source<B>,
): (A | B)[] {
  const horizon = [endOf(a), endOf(b)].sort().at(-1) ?? "";
  return [...(a.items ?? []), ...(b.items ?? [])]
    .filter(({ at }) => at >= horizon)
    .sort((x, y) => (x.at < y.at ? 1 : x.at > y.at ? -1 : 0));
}

/** ISO times compare as text; "" = it has been read to its end. */
const endOf = <Item extends { at: string }>({ items, hasMore }: Source<Item>): string =>
  hasMore ? (items?.at(-1)?.at ?? "") : "";
