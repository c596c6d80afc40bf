import { describe, expect, it } from "vitest";
import { leastSquares } from "./fit.ts";
import { accuracyOf, macroF1, mapeOf, wilson } from "./scores.ts";

const verdict = (forecast: boolean, measured: boolean) => ({ forecast, measured });

describe("scores", () => {
  it("are those of the books", () => {
    expect(
      mapeOf([
        { forecast: 110, measured: 100 },
        { forecast: 80, measured: 100 },
      ]),
    ).toBeCloseTo(15);
    const verdicts = [verdict(true, true), verdict(true, true), verdict(true, false), verdict(false, false)];
    expect(accuracyOf(verdicts)).toBe(0.75);
    expect(macroF1(verdicts)).toBeCloseTo((4 / 5 + 2 / 3) / 2);
    const { from, to } = wilson(95, 100);
    expect(from).toBeCloseTo(0.8882, 3);
    expect(to).toBeCloseTo(0.9785, 3);
  });
});

describe("leastSquares", () => {
  it("finds what made the figures, and nothing below 0", () => {
    const rows = [...Array(30).keys()].map((at) => [1, at, (at * 7) % 11]);
    const from = (truth: number[]) =>
      leastSquares(
        rows.map((terms) => ({ terms, value: terms.reduce((sum, term, at) => sum + term * (truth[at] ?? 0), 0) })),
      );
    expect(from([13, 0.1, 0.4])[1]).toBeCloseTo(0.1);
    expect(from([13, 0.1, 0.4])[2]).toBeCloseTo(0.4);
    expect(from([13, 0.1, -0.4])[2]).toBe(0);
  });
});
