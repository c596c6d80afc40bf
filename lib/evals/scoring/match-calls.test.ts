import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchCalls } from "./match-calls.ts";

describe("matchCalls", () => {
  it("finds the matching that a greedy pass misses", () => {
    const fits = [
      [true, true],
      [true, false],
    ];
    expect(matchCalls(2, 2, (e, a) => fits[e]?.[a] === true)).toEqual([1, 0]);
  });

  it("is a valid matching of the greatest size there is", () => {
    const table = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })).chain(([rows, columns]) =>
      fc
        .array(fc.array(fc.boolean(), { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        })
        .map((cells) => ({ cells, columns })),
    );
    fc.assert(
      fc.property(table, ({ cells, columns }) => {
        const fits = (e: number, a: number) => cells[e]?.[a] === true;
        const matched = matchCalls(cells.length, columns, fits);
        const used = matched.filter((a) => a !== null);
        expect(new Set(used).size).toBe(used.length);
        for (const [e, a] of matched.entries()) if (a !== null) expect(fits(e, a)).toBe(true);
        expect(used.length).toBe(bruteForce(0, cells.length, columns, new Set(), fits));
      }),
      { numRuns: 400 },
    );
  });
});

function bruteForce(
  e: number,
  rows: number,
  columns: number,
  taken: Set<number>,
  fits: (e: number, a: number) => boolean,
): number {
  if (e === rows) return 0;
  let best = bruteForce(e + 1, rows, columns, taken, fits);
  for (let a = 0; a < columns; a += 1) {
    if (taken.has(a) || !fits(e, a)) continue;
    best = Math.max(best, 1 + bruteForce(e + 1, rows, columns, new Set([...taken, a]), fits));
  }
  return best;
}
