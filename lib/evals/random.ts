/** A seeded source of choices. The same seed gives the same choices on every machine and in every Node release. */
export type Random = {
  /** Uniform in [0, 1). */
  next: () => number;
  /** Whole number, both ends included. */
  int: (min: number, max: number) => number;
  pick: <T>(items: readonly T[]) => T;
  /** Without repetition; all of them in random order when `count` is larger than the list. */
  sample: <T>(items: readonly T[], count: number) => T[];
  shuffle: <T>(items: readonly T[]) => T[];
};

/** `xmur3` spreads the seed's text over four words, `sfc32` (Chris Doty-Humphrey) produces the numbers. */
export function createRandom(seed: string): Random {
  const next = sfc32(xmur3(seed));
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));

  const shuffle = <T>(items: readonly T[]): T[] => {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const other = int(0, last);
      const [a, b] = [result[last], result[other]];
      if (a === undefined || b === undefined) continue;
      result[last] = b;
      result[other] = a;
    }
    return result;
  };

  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(0, items.length - 1)];
    if (item === undefined) throw new RangeError("cannot pick from an empty list");
    return item;
  };

  return { next, int, pick, shuffle, sample: (items, count) => shuffle(items).slice(0, count) };
}

function xmur3(text: string): () => number {
  let hash = 1779033703 ^ text.length;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 3432918353);
    hash = (hash << 13) | (hash >>> 19);
  }
  return () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
    hash ^= hash >>> 16;
    return hash >>> 0;
  };
}

function sfc32(seeds: () => number): () => number {
  let [a, b, c, d] = [seeds(), seeds(), seeds(), seeds()];
  return () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
}
