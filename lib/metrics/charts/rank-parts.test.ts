import fc from "fast-check";
import { expect, it } from "vitest";
import { MAX_SERIES } from "../schema.ts";
import { rankParts } from "./rank-parts.ts";

const parts = fc.uniqueArray(
  fc.record({
    key: fc.stringMatching(/^[0-9a-f]+$/),
    label: fc.string(),
    whole: fc.option(fc.double({ noNaN: true })),
  }),
  { maxLength: 40, selector: ({ key }) => key },
);

it("names the ten largest, puts all others together, and loses none", () => {
  fc.assert(
    fc.property(parts, (given) => {
      const ranked = rankParts(given);
      const named = ranked.filter(({ key }) => key !== "other");
      const wholeOf = (key: string) => given.find((part) => part.key === key)?.whole ?? Number.NEGATIVE_INFINITY;
      expect(named).toHaveLength(Math.min(given.length, MAX_SERIES));
      expect(ranked.flatMap(({ keys }) => [...keys]).sort()).toEqual(given.map(({ key }) => key).sort());
      const least = Math.min(...named.map(({ key }) => wholeOf(key)));
      for (const key of ranked.find(({ key }) => key === "other")?.keys ?? [])
        expect(wholeOf(key)).toBeLessThanOrEqual(least);
      expect(rankParts([...given].reverse())).toEqual(ranked);
    }),
  );
});
