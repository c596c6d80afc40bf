import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";

describe("createRandom", () => {
  it("repeats itself for one seed and differs for another", () => {
    const take = (seed: string) => {
      const random = createRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(take(a)).toEqual(take(a));
        if (a !== b) expect(take(a)).not.toEqual(take(b));
      }),
    );
  });

  it("is pinned, because a suite's hash depends on it", () => {
    const random = createRandom("switchyard");
    expect(Array.from({ length: 6 }, () => random.int(0, 999))).toMatchInlineSnapshot(`
      [
        705,
        389,
        239,
        722,
        614,
        882,
      ]
    `);
  });

  it("stays in range, shuffles without loss, samples without repetition", () => {
    fc.assert(
      fc.property(fc.string(), fc.uniqueArray(fc.integer(), { minLength: 1 }), fc.nat(40), (seed, items, count) => {
        const random = createRandom(seed);
        expect(random.int(3, 7)).toBeGreaterThanOrEqual(3);
        expect(random.int(3, 7)).toBeLessThanOrEqual(7);
        expect(items).toContain(random.pick(items));
        expect([...random.shuffle(items)].sort()).toEqual([...items].sort());
        const sample = random.sample(items, count);
        expect(new Set(sample).size).toBe(Math.min(count, items.length));
      }),
    );
  });

  it("refuses to pick from nothing", () => {
    expect(() => createRandom("x").pick([])).toThrow(RangeError);
  });
});
