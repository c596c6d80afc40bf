import { createRandom } from "../random.ts";
import type { DecodingMode, Outcome } from "../schema.ts";
import { outcomeOf } from "./decide-mode.ts";
import { type Odds, simulateGate } from "./simulate-gate.ts";

/** The prompts of a suite before the candidate touches them: how likely the baseline answers each well. */
type Ground = "steady" | "coin flips" | "mixed";

export type Scenario = {
  name: string;
  ground: Ground;
  /** Chance that the candidate no longer answers a prompt at all. */
  brokenShare: number;
  /** What must hold of the shares of gates that pass and fail. */
  passes: { min?: number; below?: number };
  fails: { min?: number; max?: number };
};

const PROMPTS = 200;

/** Of 200 prompts: 2 % answer like a coin; `mixed` is 8 % right nine times of ten, 3 % every other time, 4 % never. */
function groundRate(ground: Ground, place: number): number {
  switch (ground) {
    case "steady":
      return 1;
    case "coin flips":
      return place < 4 ? 0.5 : 1;
    case "mixed":
      return place < 16 ? 0.9 : place < 22 ? 0.5 : place < 30 ? 0 : 1;
  }
}

const identical = (ground: Ground): Scenario => ({
  ...{ name: `identical, ${ground}`, ground, brokenShare: 0 },
  ...{ passes: { min: 0.9 }, fails: { max: 0.01 } },
});
const broken = (
  brokenShare: number,
  ground: Ground,
  passes: Scenario["passes"],
  fails: Scenario["fails"],
): Scenario => ({
  ...{ name: `${brokenShare * 100} % broken, ${ground}`, ground, brokenShare, passes, fails },
});

/** What a gate of 200 prompts has to hold. Of 1 % broken prompts nothing is asked: 200 prompts cannot rule it out. */
export const scenarios: readonly Scenario[] = [
  identical("steady"),
  identical("coin flips"),
  identical("mixed"),
  ...(["steady", "coin flips", "mixed"] as const).flatMap((ground) => [
    broken(0.03, ground, { below: 0.05 }, { min: 0.9 }),
    broken(0.02, ground, { below: 0.1 }, {}),
    broken(0.01, ground, {}, {}),
  ]),
];

export type Honesty = { scenario: Scenario; mode: DecodingMode; shares: Record<Outcome, number>; askedAgain: number };

/** How many of `gates` simulated gates pass, fail and stay open; `askedAgain` is the mean of answers asked beyond the first. */
export function playScenario(scenario: Scenario, mode: DecodingMode, gates: number, seed: string): Honesty {
  const random = createRandom(`${seed}/${scenario.name}/${mode}`).next;
  const counts: Record<Outcome, number> = { pass: 0, fail: 0, inconclusive: 0 };
  let askedAgain = 0;
  for (let gate = 0; gate < gates; gate += 1) {
    const odds = Array.from({ length: PROMPTS }, (_, place): Odds => {
      const baseline = groundRate(scenario.ground, place);
      return { baseline, candidate: random() < scenario.brokenShare ? 0 : baseline };
    });
    const played = simulateGate(odds, mode, random);
    counts[outcomeOf(played.code)] += 1;
    askedAgain += played.askedAgain;
  }
  const share = (outcome: Outcome) => counts[outcome] / gates;
  return {
    ...{ scenario, mode, askedAgain: askedAgain / gates },
    shares: { pass: share("pass"), fail: share("fail"), inconclusive: share("inconclusive") },
  };
}

/** What a scenario demands and its gates did not hold, in words. @param slack allowed for few gates, a share */
export function findBreaches({ scenario, mode, shares }: Honesty, slack = 0): string[] {
  const { passes, fails } = scenario;
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const found: string[] = [];
  const check = (isBroken: boolean, text: string) => {
    if (isBroken) found.push(`${scenario.name}, ${mode}: ${text}`);
  };
  check(
    shares.pass < (passes.min ?? 0) - slack,
    `${percent(shares.pass)} pass, at least ${percent(passes.min ?? 0)} must`,
  );
  check(
    shares.pass >= (passes.below ?? Number.POSITIVE_INFINITY) + slack,
    `${percent(shares.pass)} pass, fewer than ${percent(passes.below ?? 1)} may`,
  );
  check(
    shares.fail < (fails.min ?? 0) - slack,
    `${percent(shares.fail)} fail, at least ${percent(fails.min ?? 0)} must`,
  );
  check(shares.fail > (fails.max ?? 1) + slack, `${percent(shares.fail)} fail, at most ${percent(fails.max ?? 1)} may`);
  return found;
}
