import { expect, it } from "vitest";
import { apartShare, comparedSentence, createComparison, furthestApart } from "./compare-counts.ts";

const MINUTE = 60_000;
const seconds = 600;

/** As if ten whole minutes had been compared. */
function tenMinutes(names: Parameters<typeof createComparison>[0], measured: number, derived: number) {
  const comparison = createComparison(names, 60, 60 * MINUTE);
  for (let minute = 0; minute < 10; minute += 1) comparison.add(0, minute * MINUTE, measured, derived);
  return comparison.counts();
}

it("adds up what both sources know, and names the figure that differs", () => {
  const counts = tenMinutes(["evictions.gpu", "swaps.disk"], 5, 4);
  expect(counts).toEqual([{ of: "evictions.gpu", measured: 50, derived: 40, seconds }]);
  const more = [...counts, { of: "swaps.disk" as const, measured: 100, derived: 99, seconds }];
  expect(furthestApart(more)).toEqual({ of: "evictions.gpu", share: 0.2 });
  expect(comparedSentence(more)).toBe(
    "Counted by the nodes and derived from our own requests, over the ended steps that both know: 50 and 40 lost a slot (20 % apart); 100 and 99 came from disk.",
  );
});

it("says no distance of less than ten minutes that both know, however far apart those lie", () => {
  const comparison = createComparison(["swaps.disk"], 60, 60 * MINUTE);
  comparison.add(0, 0, 11, 0);
  comparison.add(0, 30 * MINUTE, 0, 0);
  expect(furthestApart(comparison.counts())).toBeNull();
  expect(comparedSentence(comparison.counts())).toBe(
    "Counted by the nodes and derived from our own requests, over the ended steps that both know: 11 and 0 came from disk.",
  );
  expect(createComparison(["swaps.disk"], 3600, 0).counts()).toEqual([]);
});

it("takes nodes of one step for one step", () => {
  const comparison = createComparison(["swaps.disk"], 60, 60 * MINUTE);
  for (let node = 0; node < 20; node += 1) comparison.add(0, MINUTE, 5, 0);
  expect(comparison.counts()).toMatchObject([{ measured: 100, seconds: 60 }]);
});

it("compares only steps that have ended", () => {
  const { hasEnded } = createComparison(["swaps.disk"], 60, 10 * MINUTE);
  expect([0, 9 * MINUTE, 9 * MINUTE + 1, 10 * MINUTE].map(hasEnded)).toEqual([true, true, false, false]);
});

it("takes a step of which a sixth is missing, and none of which more is", () => {
  const { isWhole } = createComparison(["evictions.gpu"], 60, 60 * MINUTE);
  expect([60, 50, 49, 10].map(isWhole)).toEqual([true, true, false, false]);
});

it("says no distance of a handful, none of hits, and nothing where there is one source", () => {
  expect(apartShare({ of: "swaps.disk", measured: 3, derived: 9, seconds })).toBeNull();
  expect(apartShare({ of: "swaps.gpu", measured: 300, derived: 900, seconds })).toBeNull();
  expect(apartShare({ of: "swaps.disk", measured: 0, derived: 20, seconds })).toBe(1);
  expect(comparedSentence([{ of: "swaps.disk", measured: 3, derived: 9, seconds }])).toBe(
    "Counted by the nodes and derived from our own requests, over the ended steps that both know: 3 and 9 came from disk.",
  );
  expect(comparedSentence([{ of: "swaps.gpu", measured: 3, derived: 9, seconds }])).toBeNull();
  expect(comparedSentence([])).toBeNull();
});
