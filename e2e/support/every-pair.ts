/** A closed walk that follows every ordered pair of two different places exactly once. */
export function everyPairOnce<Place>(places: readonly Place[]): Place[] {
  const ahead = new Map(places.map((place) => [place, places.filter((other) => other !== place)]));
  const open = places.slice(0, 1);
  const walk: Place[] = [];
  for (let here = open.at(-1); here !== undefined; here = open.at(-1)) {
    const next = ahead.get(here)?.pop();
    if (next !== undefined) open.push(next);
    else {
      walk.push(here);
      open.pop();
    }
  }
  return walk.reverse();
}
