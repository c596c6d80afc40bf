import fc from "fast-check";
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
  expect(current).toEqual({ ids: ["a", "b"], from: new Date("2026-11-25T11:30:00.000Z"), to: NOW, stepSeconds: 60 });
});

it("between looks for late requests, counts only the minutes since the last count and those that settle", () => {
  const objectives = [
    { id: "a", countedTo: ago(75_000) },
    { id: "b", countedTo: ago(15_000) },
  ];
  const { current } = planCounting(objectives, NOW, "new");
  expect(current).toMatchObject({ ids: ["a", "b"], from: new Date("2026-11-25T11:57:00.000Z"), to: NOW });
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

it("catches up, leaves no minute out, counts by the hour where minutes are not kept, and each minute in one way", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 * 24 * 60 }), (minutesAgo) => {
      const minutesFrom = new Date("2026-11-25T05:00:00.000Z").getTime();
      let countedTo = ago(minutesAgo * 60_000);
      for (let piece = 0; ; piece += 1) {
        const { current, behind } = planCounting([{ id: "a", countedTo }], NOW);
        if (current) break;
        const [next] = behind;
        if (!next || piece > 60) throw new Error("does not catch up");
        const back = countedTo.getTime() - next.from.getTime();
        if (next.from.getTime() > minutesFrom) expect(back).toBeGreaterThanOrEqual(LATE_MS);
        const kept = ago(COUNTS_KEPT_MS).getTime();
        expect(next.from.getTime()).toBeLessThanOrEqual(Math.max(countedTo.getTime(), kept));
        expect(next.to.getTime()).toBeGreaterThan(countedTo.getTime());
        if (next.stepSeconds === 3600) {
          expect([next.from.getTime() % 3_600_000, next.to.getTime() % 3_600_000]).toEqual([0, 0]);
          expect(next.to.getTime()).toBeLessThanOrEqual(minutesFrom);
        } else expect(next.from.getTime()).toBeGreaterThanOrEqual(minutesFrom);
        countedTo = next.to;
      }
      if (minutesAgo * 60_000 > LATE_MS) expect(countedTo).toEqual(NOW);
    }),
  );
});

it("begins anew where the clock was set back", () => {
  const { current, behind } = planCounting([{ id: "a", countedTo: new Date(NOW.getTime() + DAY) }], NOW);
  expect(current).toBeNull();
  expect(behind[0]?.to).toEqual(NOW);
});
