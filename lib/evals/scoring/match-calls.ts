/**
 * Maximum bipartite matching (augmenting paths, Kuhn 1955): which actual call satisfies which expected call, so that
 * as many as possible are satisfied and the order of the calls never decides. O(expected² x actual), both small.
 *
 * @param fits whether actual call `a` satisfies expected call `e`
 * @returns for every expected call the index of its actual call, or null
 */
export function matchCalls(
  expectedCount: number,
  actualCount: number,
  fits: (e: number, a: number) => boolean,
): (number | null)[] {
  const ownerOf: (number | null)[] = Array.from({ length: actualCount }, () => null);

  const tryToPlace = (e: number, visited: Set<number>): boolean => {
    for (let a = 0; a < actualCount; a += 1) {
      if (visited.has(a) || !fits(e, a)) continue;
      visited.add(a);
      const owner = ownerOf[a] ?? null;
      if (owner === null || tryToPlace(owner, visited)) {
        ownerOf[a] = e;
        return true;
      }
    }
    return false;
  };

  for (let e = 0; e < expectedCount; e += 1) tryToPlace(e, new Set());
  const matched: (number | null)[] = Array.from({ length: expectedCount }, () => null);
  for (const [a, e] of ownerOf.entries()) if (e !== null) matched[e] = a;
  return matched;
}
