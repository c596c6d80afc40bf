import { decodingModes } from "#lib/evals/schema.ts";
import { findBreaches, playScenario, scenarios } from "#lib/evals/verdict/honesty.ts";
import type { SoakOptions, SoakResult } from "./soak-result.ts";

const GATES = 1_000;

/** Plays gates whose truth is known, and prints how many pass, fail and stay open: what a verdict is worth. */
export async function soakHonesty({ seed, scale, log }: SoakOptions): Promise<SoakResult> {
  const gates = Math.max(1, Math.round(GATES * scale));
  const percent = (share: number) => `${(share * 100).toFixed(1).padStart(5)} %`;
  const faults: string[] = [];
  for (const scenario of scenarios)
    for (const mode of decodingModes) {
      const played = playScenario(scenario, mode, gates, String(seed));
      const { pass, fail, inconclusive } = played.shares;
      log(
        `${scenario.name.padEnd(24)} ${mode.padEnd(8)} pass ${percent(pass)}  fail ${percent(fail)}  inconclusive ${percent(inconclusive)}  asked again ${played.askedAgain.toFixed(0)}`,
      );
      faults.push(...findBreaches(played));
    }
  return { summary: `${gates} gates of 200 prompts each, ${scenarios.length} truths in both modes`, faults };
}
