import { expect, it } from "vitest";
import { apartShare, comparedSentence, createComparison } from "./compare-counts.ts";

const MINUTE = 60_000;
const seconds = 600;

it("adds up what both sources know", () => {
  const comparison = createComparison(["evictions.gpu", "swaps.disk"], 60);
  comparison.add(0, 5 * MINUTE, 30, 28);
  comparison.add(0, 14 * MINUTE, 20, 20);
  expect(comparison.counts()).toEqual([{ of: "evictions.gpu", measured: 50, derived: 48, seconds }]);
  expect(comparedSentence(comparison.counts())).toBe(
    "Counted by the nodes and derived from our own requests, over the steps that both know, at most 4 % apart: 50 and 48 lost a slot.",
  );
});

it("says no distance of less than ten minutes, whose edges may be loads that one source has", () => {
  const comparison = createComparison(["swaps.disk"], 60);
  comparison.add(0, 0, 22, 9);
  comparison.add(0, 8 * MINUTE, 22, 9);
  expect(comparedSentence(comparison.counts())).toBe(
    "Counted by the nodes and derived from our own requests, over the steps that both know: 44 and 18 came from disk.",
  );
  expect(createComparison(["swaps.disk"], 3600).counts()).toEqual([]);
});

it("takes a step of which a sixth is missing, and none of which more is", () => {
  const { isWhole } = createComparison(["evictions.gpu"], 60);
  expect([60, 50, 49, 10].map(isWhole)).toEqual([true, true, false, false]);
});

it("says no distance of a handful, none of hits, and nothing where there is one source", () => {
  expect(apartShare({ of: "swaps.disk", measured: 3, derived: 9, seconds })).toBeNull();
  expect(apartShare({ of: "swaps.gpu", measured: 300, derived: 900, seconds })).toBeNull();
  expect(apartShare({ of: "swaps.disk", measured: 0, derived: 20, seconds })).toBe(1);
  expect(comparedSentence([{ of: "swaps.disk", measured: 3, derived: 9, seconds }])).toBe(
    "Counted by the nodes and derived from our own requests, over the steps that both know: 3 and 9 came from disk.",
  );
  expect(comparedSentence([{ of: "swaps.gpu", measured: 3, derived: 9, seconds }])).toBeNull();
  expect(comparedSentence([])).toBeNull();
});
