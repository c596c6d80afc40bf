import { compareConditions, type RunConditions } from "../conditions/run-conditions.ts";
import { createRandom } from "../random.ts";
import type { DecodingMode } from "../schema.ts";
import { scoreText } from "../scoring/score-stored.ts";
import type { ScoredAnswer, StoredCase, StoredSample } from "../stored-sample.ts";
import { type BaselineEvidence, findBaselineProblems } from "./find-baseline-problems.ts";
import { judgeRun, type RunVerdict } from "./judge-run.ts";
import { pairAnswers } from "./pair-answers.ts";

export type RunEvidence = {
  suite: { hash: string; caseCount: number };
  baseline: Pick<BaselineEvidence, "kind" | "gates">;
  cases: readonly StoredCase[];
  samples: readonly StoredSample[];
  conditions: { baseline: RunConditions; candidate: RunConditions };
};

export type Judgement = {
  verdict: RunVerdict;
  /** Samples whose kept score is not what their raw reply says, with the score it gives now. */
  corrections: { id: string; score: ScoredAnswer }[];
};

/**
 * The verdict of a run from what is stored of it: each score is derived anew from the raw reply, whatever was noted
 * beside it. Its rng are seeded by the suite, so the same replies always give the same verdict.
 */
export function judgeStored({ suite, baseline, cases, samples, conditions }: RunEvidence): Judgement {
  const caseOf = new Map(cases.map((stored) => [stored.caseId, stored]));
  const corrections: Judgement["corrections"] = [];
  const statuses = samples.map((sample) => {
    const stored = caseOf.get(sample.caseId);
    if (!stored) throw new Error(`sample ${sample.id} answers no case of its suite`);
    // without a reply there is nothing to score: it stays what it was, a failure to deliver
    const score = sample.rawReply === null ? null : scoreText(sample.rawReply, stored);
    if (score !== null && isOther(score, sample)) corrections.push({ id: sample.id, score });
    return { ...sample, status: score?.status ?? ("invalid" as const), kind: score?.kind ?? sample.kind };
  });
  const caseIds = cases.map(({ caseId }) => caseId);
  const pairs = (mode: DecodingMode) =>
    pairAnswers(
      caseIds,
      statuses.filter((sample) => sample.mode === mode),
    );
  const verdict = judgeRun(
    {
      prompts: suite.caseCount,
      greedy: pairs("greedy"),
      sampled: pairs("sampled"),
      differingConditions: compareConditions(conditions.baseline, conditions.candidate),
      problems: findBaselineProblems({
        ...baseline,
        answeredAs: conditions.baseline.origin?.answeredAs ?? [],
        cases,
        samples: statuses,
      }),
    },
    createRandom(`verdict/${suite.hash}`).next,
  );
  return { verdict, corrections };
}

const isOther = (score: ScoredAnswer, kept: ScoredAnswer): boolean =>
  score.status !== kept.status ||
  score.kind !== kept.kind ||
  score.finishReason !== kept.finishReason ||
  score.detail.message !== kept.detail.message;
