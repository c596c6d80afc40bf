import fc from "fast-check";
import { expect, it } from "vitest";
import { TENANT_STEPS } from "./usage-tables.ts";
import { planWindows, type UsageWindow } from "./usage-windows.ts";

const NOON = Date.parse("2026-11-25T12:00:00.000Z");
const at = (minutes: number) => new Date(NOON + minutes * 60_000);
const minutes = (windows: readonly UsageWindow[]) =>
  windows.map(({ from, to }) => [(from.getTime() - NOON) / 60_000, (to.getTime() - NOON) / 60_000]);
const plan = (from: number, to: number, stepSeconds: number | null, pending: [number, number][] = []) => {
  const marks = pending.map(([step, minute]) => ({ stepSeconds: step, at: at(minute) }));
  const steps = TENANT_STEPS.filter((step) => step < 86_400);
  const { summed, minutes: rest } = planWindows({ from: at(from), to: at(to) }, stepSeconds, marks, steps);
  const windowsOf = (step: number) => summed.find((part) => part.step === step)?.windows ?? [];
  return [...steps.map((step) => minutes(windowsOf(step))), minutes(rest)];
};

it("reads whole steps from the coarsest table and the ends of the range from finer ones", () => {
  expect(plan(-7, 187, null)).toEqual([
    [[0, 180]],
    [
      [-5, 0],
      [180, 185],
    ],
    [
      [-7, -5],
      [185, 187],
    ],
  ]);
  expect(plan(0, 60, 300)).toEqual([[], [[0, 60]], []]);
  expect(plan(0, 60, 60)).toEqual([[], [], [[0, 60]]]);
  expect(plan(3, 3, null)).toEqual([[], [], []]);
});

it("reads steps whose sums are not up to date from finer rows", () => {
  expect(
    plan(0, 180, 3600, [
      [3600, 60],
      [300, 65],
      [300, 115],
    ]),
  ).toEqual([
    [
      [0, 60],
      [120, 180],
    ],
    [
      [60, 65],
      [70, 115],
    ],
    [
      [65, 70],
      [115, 120],
    ],
  ]);
});

it("covers each minute of a range exactly once", () => {
  const Mark = fc
    .tuple(fc.constantFrom(300, 3600), fc.nat(40))
    .map(([step, n]): [number, number] => [step, (n * step) / 60]);
  fc.assert(
    fc.property(
      fc.nat(500),
      fc.nat(500),
      fc.constantFrom(null, 60, 300, 3600),
      fc.uniqueArray(Mark, { selector: String }),
      (a, b, step, pending) => {
        const covered = plan(Math.min(a, b), Math.max(a, b), step, pending)
          .flat()
          .flatMap(([from = 0, to = 0]) => Array.from({ length: to - from }, (_, index) => from + index));
        const expected = Array.from({ length: Math.abs(a - b) }, (_, index) => Math.min(a, b) + index);
        expect(covered.sort((one, other) => one - other)).toEqual(expected);
      },
    ),
  );
});
