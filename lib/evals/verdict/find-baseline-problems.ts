import type { BaselineKind } from "../browser/baseline-schema.ts";
import type { EvalCase } from "../eval-case.ts";
import type { SampleSide, ScoreKind } from "../schema.ts";
import type { Reason } from "./judge-run.ts";

type Answered = { caseId: string; side: SampleSide; kind: ScoreKind; status: string };

export type BaselineEvidence = {
  kind: BaselineKind;
  /** Whether it may pass a gate at all. */
  gates: boolean;
  /** Models that somebody else's deployment says it answered as. */
  answeredAs: readonly string[];
  cases: readonly (Pick<EvalCase, "expected"> & { caseId: string })[];
  samples: readonly Answered[];
};

/** Why what was compared with cannot carry a verdict, however the answers look. */
export function findBaselineProblems({ kind, gates, answeredAs, cases, samples }: BaselineEvidence): Reason[] {
  const problems: Reason[] = [];
  const find = (code: Reason["code"], message: string) => problems.push({ code, mode: null, message });
  if (!gates) find("comparison_only", formatComparison(kind));
  if (answeredAs.length > 1)
    find(
      "baseline_mixed",
      `the baseline answered as ${answeredAs.length} models (${answeredAs.slice(0, 3).join(", ")}), so it is not one baseline`,
    );
  if (isWithoutTools(cases, samples))
    find(
      "baseline_without_tools",
      "the baseline called no tool in any prompt that needs one: see whether tool calling is switched on there",
    );
  return problems;
}

function formatComparison(kind: BaselineKind): string {
  switch (kind) {
    case "base":
      return "the base model never gates: a version that beats it may still be worse than what customers have";
    case "standalone":
      return "the version alone shows the noise of the kernels and does not gate while another version is live";
    case "itself":
      return "a version compared with itself on the same nodes shows drift only: it would pass however it answers";
    case "origin":
      return "the deployment that the customer came from does not gate while another version is live";
    case "live":
      return "this run compares only, and does not gate";
  }
}

/** Every answer that should have called something called nothing; of a baseline without answers nothing is said. */
function isWithoutTools(cases: BaselineEvidence["cases"], samples: readonly Answered[]): boolean {
  const needing = new Set(cases.filter(needsCall).map(({ caseId }) => caseId));
  const answers = samples.filter(
    ({ caseId, side, status }) => side !== "candidate" && status !== "invalid" && needing.has(caseId),
  );
  return answers.length > 0 && answers.every(({ kind }) => kind === "missing_call");
}

const needsCall = ({ expected: { calls, alternatives = [] } }: Pick<EvalCase, "expected">): boolean =>
  [calls, ...alternatives].every((option) => option.length > 0);
