import type { Ctx } from "#lib/identity/ctx.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { modelsOf, originConditions } from "../conditions/origin-conditions.ts";
import { type RunSite, readSite } from "../conditions/read-site.ts";
import type { SideConditions } from "../conditions/run-conditions.ts";
import { sideConditions } from "../conditions/side-conditions.ts";
import type { SampleSide } from "../schema.ts";
import { lockRun, type RunRecord, readSamples, saveScore } from "../store.ts";
import type { StoredCase } from "../stored-sample.ts";
import { readCases } from "../suites/case-store.ts";
import { hashOfStored } from "../suites/suite-hash.ts";
import type { RunVerdict } from "../verdict/judge-run.ts";
import { judgeStored } from "../verdict/judge-stored.ts";
import { putVerdict } from "../verdict/verdict-store.ts";
import { closeRun, failRun } from "./end-run.ts";

/** Where a run happens. @throws Error when its version or pool is gone, which a run's holds prevent */
export async function readRunSite(ctx: Ctx, run: RunRecord): Promise<RunSite> {
  const version = await getVersion(ctx.tx, run.candidateVersionId);
  if (!version) throw new Error(`the candidate of run ${run.id} is gone`);
  return readSite(ctx, version.poolId);
}

/**
 * The conditions of both sides, when these nodes answer each.
 * @param answeredAs models that a deployment of others said it was
 */
export function conditionsOf(
  run: RunRecord,
  site: RunSite,
  names: Record<"baseline" | "candidate", ReadonlySet<string>>,
  { concurrency, answeredAs }: { concurrency: number; answeredAs: readonly string[] },
): SideConditions {
  const side = (answering: ReadonlySet<string>) =>
    sideConditions({
      suiteHash: run.suite.hash,
      pool: site.pool,
      nodes: site.nodes.filter((node) => answering.has(node.name)),
      concurrency,
    });
  const origin = run.baselineOrigin;
  return {
    baseline: origin ? originConditions(run.suite.hash, origin, answeredAs) : side(names.baseline),
    candidate: side(names.candidate),
  };
}

/**
 * Ends a run with its verdict, in one transaction: judged from the stored replies, under the conditions of the nodes
 * that really answered.
 * @param message why it ended before all prompts were asked, or null
 * @returns false when it had ended already, by a cancellation
 */
export async function completeRun(
  ctx: Ctx,
  run: RunRecord,
  options: { message: string | null; concurrency: number },
): Promise<boolean> {
  if ((await lockRun(ctx.tx, run.id)) !== "running") return false;
  const cases = await readCases(ctx.tx, run.suiteId);
  if (!isUntouched(run, cases))
    return failRun(ctx, run, "The prompts of the suite no longer match its hash. Generate a new suite.");
  const samples = await readSamples(ctx.tx, run.id);
  const answeredBy = (sides: readonly SampleSide[]) =>
    new Set(samples.flatMap(({ side, nodeName }) => (sides.includes(side) && nodeName !== null ? [nodeName] : [])));
  const names = { baseline: answeredBy(["baseline", "baseline_repeat"]), candidate: answeredBy(["candidate"]) };
  const answeredAs =
    run.baselineOrigin === null
      ? []
      : modelsOf(samples.flatMap(({ side, rawReply }) => (side === "candidate" ? [] : rawReply)));
  const conditions = conditionsOf(run, await readRunSite(ctx, run), names, {
    concurrency: options.concurrency,
    answeredAs,
  });
  const outcome = await judge(ctx, run, { cases, samples, conditions });
  return closeRun(ctx, run, { state: "completed", message: options.message, conditions }, outcome);
}

/** Derives verdict and scores from what is stored, and keeps them. @returns the verdict's outcome */
export async function judge(
  ctx: Ctx,
  run: RunRecord,
  evidence: Omit<Parameters<typeof judgeStored>[0], "suite" | "baseline">,
): Promise<RunVerdict["outcome"]> {
  const { verdict, corrections } = judgeStored({
    suite: run.suite,
    baseline: { kind: run.baselineKind, gates: run.gates },
    ...evidence,
  });
  for (const { id, score } of corrections) await saveScore(ctx.tx, id, score);
  const { tenantId, id: runId, candidateVersionId: versionId } = run;
  await putVerdict(ctx.tx, { tenantId, runId, versionId, verdict, at: ctx.clock.now() });
  return verdict.outcome;
}

/** Whether the stored prompts are still those that the suite's hash names. */
export const isUntouched = (run: RunRecord, cases: readonly StoredCase[]): boolean =>
  hashOfStored(cases) === run.suite.hash;
