import { listAnswerChanges } from "#lib/evals/answers/list-answer-changes.ts";
import type { AnswerChangePage } from "#lib/evals/browser/answer-change-schema.ts";
import { getRun } from "#lib/evals/store.ts";
import { toRun } from "#lib/evals/view-run.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Approval, ApprovalDetail, ApprovalState } from "../browser/approval-schema.ts";
import { planOf, trackOf } from "../store.ts";
import { type ApprovalRecord, getApproval, listApprovalRecords } from "./approval-store.ts";
import { mailsOf } from "./approver-store.ts";
import { formatHow } from "./format-how.ts";
import { toApproval } from "./view-approval.ts";

type Filter = PageQuery & { tenantId?: string; cutoverId?: string; state?: ApprovalState };

export async function listApprovals(ctx: Ctx, query: Filter): Promise<Page<Approval>> {
  const page = await listApprovalRecords(ctx.tx, query);
  return { ...page, items: page.items.map((record) => toApproval(ctx, record)) };
}

/** @throws AppError `not_found`: it is another tenant's, or the customer's to see is only what waits for it */
async function requireApproval(ctx: Ctx, approvalId: string): Promise<ApprovalRecord> {
  const record = await getApproval(ctx.tx, approvalId);
  if (record === null) throw notFound("approval");
  return record;
}

/** What somebody needs to know to decide. */
export async function showApproval(ctx: Ctx, approvalId: string): Promise<ApprovalDetail> {
  const record = await requireApproval(ctx, approvalId);
  const { cutover, step } = record;
  const { toNumber, fromNumber, fromOrigin, overrideReason, adopted } = cutover;
  const isReplacing = fromNumber !== null || fromOrigin;
  return {
    ...toApproval(ctx, record),
    how: formatHow({ step, toNumber, plan: planOf(cutover), track: trackOf(cutover), isReplacing }),
    gate: await readProof(ctx, record.runId),
    overrideReason,
    notWritten: ctx.scope.kind === "platform" ? await readRefusals(ctx, record.id) : [],
    adopted,
  };
}

const readRefusals = async (ctx: Ctx, approvalId: string): Promise<ApprovalDetail["notWritten"]> =>
  (await mailsOf(ctx.tx, approvalId)).flatMap(({ address, refusal, tries, nextTryAt }) =>
    refusal === null ? [] : [{ address, reason: refusal, tries, nextTryAt: nextTryAt?.toISOString() ?? null }],
  );

async function readProof(ctx: Ctx, runId: string | null): Promise<ApprovalDetail["gate"]> {
  const run = runId === null ? null : await getRun(ctx.tx, runId);
  const shown = run && toRun(run, false);
  if (run === null || !shown?.verdict) return null;
  const { outcome, modes, createdAt } = shown.verdict;
  const proved = ({ claim, cannotRuleOut, confirmed }: (typeof modes)["greedy"]) => ({
    claim,
    cannotRuleOut,
    confirmed,
  });
  return {
    runId: run.id,
    outcome,
    baseline: shown.baselineKind,
    baselineNumber: run.baselineNumber,
    prompts: run.suite.caseCount,
    heldOut: run.suite.heldOut,
    greedy: proved(modes.greedy),
    sampled: proved(modes.sampled),
    judgedAt: createdAt,
  };
}

/** The customer's own prompts that answer differently; none where no evaluation stands behind it. */
export async function listApprovalAnswers(
  ctx: Ctx,
  { approvalId, ...query }: PageQuery & { approvalId: string },
): Promise<AnswerChangePage> {
  const { runId } = await requireApproval(ctx, approvalId);
  if (runId === null) return { items: [], nextCursor: null, counts: { worse: 0, otherwise: 0, better: 0, prompts: 0 } };
  return listAnswerChanges(ctx, { ...query, runId });
}
