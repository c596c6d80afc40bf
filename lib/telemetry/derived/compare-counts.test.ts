import { expect, it } from "vitest";
import { apartShare, comparedSentence, createComparison } from "./compare-counts.ts";

const whole = (value: number) => ({ value, seconds: 60 });

it("adds up the steps that both sources know, as far as they know them alike", () => {
  const comparison = createComparison(["evictions.gpu", "swaps.disk"], 60);
  comparison.add("evictions.gpu", whole(30), whole(28));
  comparison.add("evictions.gpu", whole(20), whole(20));
  comparison.add("evictions.gpu", { value: 900, seconds: 20 }, whole(1));
  comparison.add("evictions.gpu", whole(900), { value: 1, seconds: 20 });
  comparison.add("swaps.cpu", whole(5), whole(5));
  expect(comparison.counts()).toEqual([{ of: "evictions.gpu", measured: 50, derived: 48 }]);
  expect(comparedSentence(comparison.counts())).toBe(
    "Counted by the nodes and derived from our own requests, over the steps that both know, at most 4 % apart: 50 and 48 lost a slot.",
  );
});

it("says no distance of a handful, none of hits, and nothing where there is one source", () => {
  expect(apartShare({ of: "swaps.disk", measured: 3, derived: 9 })).toBeNull();
  expect(apartShare({ of: "swaps.gpu", measured: 300, derived: 900 })).toBeNull();
  expect(apartShare({ of: "swaps.disk", measured: 0, derived: 20 })).toBe(1);
  expect(comparedSentence([{ of: "swaps.disk", measured: 3, derived: 9 }])).toBe(
    "Counted by the nodes and derived from our own requests, over the steps that both know: 3 and 9 came from disk.",
  );
  expect(comparedSentence([{ of: "swaps.gpu", measured: 3, derived: 9 }])).toBeNull();
  expect(comparedSentence([])).toBeNull();
});
