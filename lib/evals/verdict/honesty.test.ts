import { describe, expect, it } from "vitest";
import { decodingModes } from "../schema.ts";
import { findBreaches, playScenario, scenarios } from "./honesty.ts";

/** `npm run soak -- honesty` plays 1,000 gates each and prints the shares. */
describe("a gate of 200 prompts", () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "holds what it promises: %s",
    (_, scenario) => {
      for (const mode of decodingModes)
        expect(findBreaches(playScenario(scenario, mode, 300, "honesty"), 0.01)).toEqual([]);
    },
  );

  it("would be caught lying", () => {
    const [scenario] = scenarios;
    if (!scenario) throw new Error("no scenario");
    const shares = { pass: 0.5, fail: 0.4, inconclusive: 0.1 };
    expect(findBreaches({ scenario, mode: "greedy", shares, askedAgain: 0 })).toHaveLength(2);
  });
});
