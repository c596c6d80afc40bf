import { defaultPolicy } from "../../gate-policy.ts";
import type { DecodingMode, SampleStatus } from "../../schema.ts";
import { planReasks } from "../plan-reasks.ts";
import type { PairedSamples, Take } from "../tally.ts";

/** How a prompt answers: the status of each take, by side; takes beyond the list repeat its last one. */
export type Script = { baseline: SampleStatus[]; candidate: SampleStatus[]; repeat: SampleStatus[] };

const steady = (baseline: SampleStatus, candidate = baseline, repeat = baseline): Script => ({
  baseline: [baseline],
  candidate: [candidate],
  repeat: [repeat],
});
export const right = steady("pass");
export const lost = steady("pass", "wrong");
export const gained = steady("wrong", "pass");
export const neverRight = steady("wrong");
/** Looks lost at first, and answers well each time it is asked again. */
export const looksLost: Script = { baseline: ["pass"], candidate: ["wrong", "pass"], repeat: ["pass"] };
/** The baseline's second turn goes wrong; asked again all is well. */
export const flaky: Script = { baseline: ["pass"], candidate: ["pass"], repeat: ["wrong"] };

const takesOf = (statuses: readonly SampleStatus[], count: number, from = 1): Take[] =>
  Array.from({ length: count }, (_, index) => ({
    take: from + index,
    status: statuses[Math.min(from + index, statuses.length) - 1] ?? "pass",
  }));

/** The first takes of prompts that all answer well, except for the given ones. */
export function firstTakes(n: number, mode: DecodingMode, special: readonly [count: number, script: Script][]) {
  const scripts = special.flatMap(([count, script]) => Array.from({ length: count }, () => script));
  while (scripts.length < n) scripts.push(right);
  const takes = defaultPolicy.takes[mode];
  const prompts = scripts.map((script, at) => ({
    caseId: `case-${at}`,
    baseline: takesOf(script.baseline, takes),
    candidate: takesOf(script.candidate, takes),
    baselineRepeat: takesOf(script.repeat, takes),
  }));
  return { scripts, prompts, takes };
}

/** The same, asked again until nothing is left to ask. */
export function askedMode(n: number, mode: DecodingMode, ...special: [count: number, script: Script][]) {
  const { scripts, prompts, takes } = firstTakes(n, mode, special);
  for (let more = planReasks(prompts, takes, defaultPolicy); more.length > 0; ) {
    for (const { caseId, side, take } of more) {
      const at = Number(caseId.slice("case-".length));
      prompts[at]?.[side].push(...takesOf(scripts[at]?.[side] ?? [], 1, take));
    }
    more = planReasks(prompts, takes, defaultPolicy);
  }
  return prompts satisfies PairedSamples[];
}
