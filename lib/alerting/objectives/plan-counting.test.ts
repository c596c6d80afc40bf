import { expect, it } from "vitest";
import { COUNTS_KEPT_MS, LATE_MS, planCounting } from "./plan-counting.ts";

const NOW = new Date("2026-11-25T12:00:30.000Z");
const DAY = 86_400_000;
const ago = (ms: number) => new Date(NOW.getTime() - ms);

it("counts what is up to date at once, over the minutes that may still grow", () => {
  const { current, behind } = planCounting(
    [
      { id: "a", countedTo: ago(15_000) },
      { id: "b", countedTo: NOW },
    ],
    NOW,
  );
  expect(behind).toEqual([]);
  expect(current).toEqual({ ids: ["a", "b"], from: new Date("2026-11-25T11:30:00.000Z"), to: NOW });
});

it("takes the others a day at a time, those that lie furthest back first", () => {
  const { current, behind } = planCounting(
    [
      { id: "late", countedTo: ago(2 * DAY) },
      { id: "new", countedTo: null },
    ],
    NOW,
  );
  expect(current).toBeNull();
  expect(behind.map(({ ids }) => ids)).toEqual([["new"], ["late"]]);
  const [first] = behind;
  const both = planCounting(
    [
      { id: "a", countedTo: null },
      { id: "b", countedTo: null },
    ],
    NOW,
  ).behind;
  expect(both.map(({ ids }) => ids)).toEqual([["a", "b"]]);
  expect(NOW.getTime() - (first?.from.getTime() ?? 0)).toBeGreaterThanOrEqual(COUNTS_KEPT_MS);
  expect((first?.to.getTime() ?? 0) - (first?.from.getTime() ?? 0)).toBe(DAY);
});

it("catches up, leaves no minute out, and counts those anew that may have grown", () => {
  let countedTo: Date | null = null;
  for (let piece = 0; ; piece += 1) {
    const { current, behind } = planCounting([{ id: "a", countedTo }], NOW);
    if (current) break;
    const [next] = behind;
    if (!next || piece > 40) throw new Error("does not catch up");
    if (countedTo) expect(countedTo.getTime() - next.from.getTime()).toBeGreaterThanOrEqual(LATE_MS);
    countedTo = next.to;
  }
  expect(countedTo).toEqual(NOW);
});

it("begins anew where the clock was set back", () => {
  const { current, behind } = planCounting([{ id: "a", countedTo: new Date(NOW.getTime() + DAY) }], NOW);
  expect(current).toBeNull();
  expect(behind[0]?.to).toEqual(NOW);
});
