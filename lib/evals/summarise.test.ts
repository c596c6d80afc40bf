import { describe, expect, it } from "vitest";
import { clopperPearsonUpper } from "./statistics.ts";
import { formatShare, summarise } from "./summarise.ts";

describe("summarise", () => {
  it("names the bound and its confidence", () => {
    expect(summarise({ n: 200, U95: clopperPearsonUpper(0, 200) })).toBe("at most 1.49 % with 95 % confidence");
  });
  it("says that it knows nothing", () => {
    expect(summarise({ n: 0, U95: 1 })).toContain("nothing is known");
  });
  it("prints shares with two digits", () => {
    expect([0, 0.005, 1].map(formatShare)).toEqual(["0.00 %", "0.50 %", "100.00 %"]);
  });
});
