import { listCutovers } from "#lib/cutover/store.ts";
import { listSamples, readCaseResult } from "#lib/evals/answers/list-samples.ts";
import { formatBaseline } from "#lib/evals/browser/format-baseline.ts";
import { formatOutcome } from "#lib/evals/browser/format-outcome.ts";
import { decodingModes, type SamplePair } from "#lib/evals/schema.ts";
import { getRun, listRuns, type RunRecord } from "#lib/evals/store.ts";
import { countShown } from "#lib/evals/suites/case-store.ts";
import { readGate } from "#lib/evals/verdict/read-gate.ts";
import { toRun } from "#lib/evals/view-run.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { nameFor } from "#lib/identity/name-for.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import type { LostPrompt, RunReport } from "../browser/report-schema.ts";
import { isSimulated } from "../store.ts";

/** A page of paper is read by people: beyond this many lost prompts it counts. */
const LOST_MOST = 40;
const LIST_MOST = 200;

/**
 * All that one gate says: for the page on paper and for JSON alike. Customers read it in their own words, without nodes,
 * conditions, names, and any prompt that is held out: of those they are told how many.
 * @throws AppError `not_found`
 */
export async function readReport(ctx: Ctx, runId: string): Promise<RunReport> {
  const record = await getRun(ctx.tx, runId);
  if (record === null) throw notFound("run");
  const isStaff = ctx.scope.kind === "platform";
  const reader = isStaff ? "staff" : "customer";
  const run = toRun(record, isStaff);
  const confirmed = record.verdict === null ? [] : await confirmedLosses(ctx, runId);
  const lost: LostPrompt[] = [];
  for (const pair of confirmed.slice(0, LOST_MOST)) lost.push(await readLost(ctx, runId, pair));
  return {
    generatedAt: ctx.clock.now().toISOString(),
    simulated: await isSimulated(ctx.tx),
    tenantName: (await getTenant(ctx.tx, run.tenantId))?.name ?? run.tenantSlug,
    run,
    against: formatBaseline(run, reader),
    sentence: run.verdict && formatOutcome(run.verdict),
    expired: isStaff ? await expiryOf(ctx, record) : [],
    suiteHash: record.suite.hash,
    heldOutPrompts: record.suite.caseCount - (await countShown(ctx.tx, record.suiteId)),
    lost,
    lostNotShown: notShown(run.verdict, lost),
    attempts: (await listRuns(ctx.tx, { versionId: run.candidateVersionId, limit: LIST_MOST })).items.map((one) => ({
      runId: one.id,
      attempt: one.attempt,
      gates: one.gates,
      against: formatBaseline(one, reader),
      createdAt: one.createdAt.toISOString(),
      state: one.state,
      outcome: one.verdict?.outcome ?? null,
    })),
    overrides: await overridesOf(ctx, record),
  };
}

async function confirmedLosses(ctx: Ctx, runId: string): Promise<SamplePair[]> {
  const { items } = await listSamples(ctx, { runId, filter: "regressed", sort: "regression", limit: LIST_MOST });
  return items.filter(({ modes }) => decodingModes.some((mode) => modes[mode].confirmed));
}

async function readLost(ctx: Ctx, runId: string, pair: SamplePair): Promise<LostPrompt> {
  const { caseId, ordinal, category, prompt } = pair;
  const modes = decodingModes.filter((mode) => pair.modes[mode].confirmed);
  const result = await readCaseResult(ctx, { runId, caseId });
  const { calls } = result.modes[modes[0] ?? "greedy"].compared;
  return { caseId, ordinal, category, prompt, heldOut: result.case.holdOut, modes, calls };
}

/** In the mode that lost most, as its sentence counts. */
function notShown(verdict: RunReport["run"]["verdict"], lost: readonly LostPrompt[]): number {
  if (verdict === null) return 0;
  const missing = decodingModes.map(
    (mode) => verdict.modes[mode].confirmed - lost.filter(({ modes }) => modes.includes(mode)).length,
  );
  return Math.max(0, ...missing);
}

async function expiryOf(ctx: Ctx, run: RunRecord): Promise<string[]> {
  const gate = await readGate(ctx, run.candidateVersionId);
  return gate.verdict?.runId === run.id ? gate.expired : [];
}

async function overridesOf(ctx: Ctx, { adapterId, candidateVersionId }: RunRecord): Promise<RunReport["overrides"]> {
  const { items } = await listCutovers(ctx.tx, { adapterId, limit: LIST_MOST });
  return items.flatMap(({ id, toVersionId, overrideReason, requestedBy, createdAt, selfApproved, adopted }) =>
    toVersionId !== candidateVersionId || overrideReason === null
      ? []
      : {
          cutoverId: id,
          by: nameFor(ctx.scope.kind === "platform", requestedBy),
          at: createdAt.toISOString(),
          reason: overrideReason,
          selfApproved,
          adopted,
        },
  );
}
