import { describe, expect, it } from "vitest";
import { clopperPearsonUpper } from "./statistics.ts";
import { formatBlindSpot, formatShare, summarise } from "./summarise.ts";

describe("summarise", () => {
  it("names the bound and its confidence", () => {
    expect(summarise({ n: 200, U95: clopperPearsonUpper(0, 200) })).toBe("at most 1.49 % with 95 % confidence");
  });
  it("says that it knows nothing", () => {
    expect(summarise({ n: 0, U95: 1 })).toContain("nothing is known");
  });
  it("says how often a small regression goes unseen", () => {
    expect(formatBlindSpot(200)).toBe(
      "A version that breaks 1 % of all such prompts would pass in 13 of 100 gates of 200 prompts.",
    );
    expect(formatBlindSpot(1000)).toContain("less than once in 100 gates");
  });
  it("prints shares with two digits", () => {
    expect([0, 0.005, 1].map(formatShare)).toEqual(["0.00 %", "0.50 %", "100.00 %"]);
  });
});
