import type { Verdict } from "../schema.ts";

type Judged = Pick<Verdict, "outcome"> & {
  reasons: readonly Pick<Verdict["reasons"][number], "code">[];
  modes: Record<"greedy" | "sampled", Pick<Verdict["modes"]["greedy"], "prompts" | "confirmed" | "outcome">>;
};

/** What a gate came to, as one sentence that stands before everything else. */
export function formatOutcome({ outcome, modes, reasons }: Judged): string {
  if (reasons.some(({ code }) => code === "comparison_only"))
    return `Compared only: ${lossesOf(modes)}; no cutover opens on it.`;
  switch (outcome) {
    case "pass":
      return `Pass: ${lossesOf(modes)}, and what changed stays below the limit in both modes.`;
    case "fail":
      return `Fail: ${lossesOf(modes)}.`;
    case "inconclusive":
      return `Inconclusive: ${lossesOf(modes)}, but the run is too small to show that the loss stays below the limit.`;
  }
}

/** "6 prompts of 200 are confirmed lost (greedy 6, sampled 4)"; the mode that lost most is the one that counts. */
function lossesOf({ greedy, sampled }: Judged["modes"]): string {
  const most = Math.max(greedy.confirmed, sampled.confirmed);
  const prompts = Math.max(greedy.prompts, sampled.prompts);
  if (most === 0) return `none of ${prompts} prompts is confirmed lost`;
  const counts = `${most} ${most === 1 ? "prompt" : "prompts"} of ${prompts} ${most === 1 ? "is" : "are"} confirmed lost`;
  return greedy.confirmed === sampled.confirmed
    ? counts
    : `${counts} (greedy ${greedy.confirmed}, sampled ${sampled.confirmed})`;
}
