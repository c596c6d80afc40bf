import * as z from "zod";
import { AnswerChangePage, AnswerChangesQuery } from "#lib/evals/browser/answer-change-schema.ts";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { ApprovalDetailSchema, ApprovalSchema, ApprovalsQuery, DecideApproval } from "../browser/approval-schema.ts";
import { decideApproval } from "./decide-approval.ts";
import { listApprovalAnswers, listApprovals, showApproval } from "./show-approval.ts";

const params = z.object({ approvalId: idOf("apv") });

export const approvalRoutes = [
  route(
    "GET /approvals",
    {
      summary: "List what cutovers wait for, or waited for",
      description: "Customers see what is asked of them.",
      action: "tenant.read",
      query: ApprovalsQuery,
      ok: pageOf(ApprovalSchema),
    },
    ({ ctx, query }) => listApprovals(ctx, query),
  ),
  route(
    "GET /approvals/{approvalId}",
    {
      summary: "Read an approval: what changes, how, and what its gate proved",
      action: "tenant.read",
      params,
      ok: ApprovalDetailSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showApproval(ctx, params.approvalId),
  ),
  route(
    "GET /approvals/{approvalId}/answers",
    {
      summary: "The customer's own prompts that answer differently, side by side",
      description: "What lost most first. Prompts that are held out are never shown, nor counted.",
      action: "tenant.read",
      params,
      query: AnswerChangesQuery,
      ok: AnswerChangePage,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => listApprovalAnswers(ctx, { ...query, ...params }),
  ),
  route(
    "POST /approvals/{approvalId}/approve",
    {
      summary: "Let a cutover take the step that it asked for",
      description: "The same answer twice is one answer. It goes on within seconds.",
      action: "approval.decide",
      params,
      body: DecideApproval,
      ok: ApprovalSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => decideApproval(ctx, { ...body, ...params, decision: "approved" }),
  ),
  route(
    "POST /approvals/{approvalId}/decline",
    {
      summary: "End a cutover instead of letting it take its step",
      description: "What is live stays so; a share of the requests goes back.",
      action: "approval.decide",
      params,
      body: DecideApproval,
      ok: ApprovalSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => decideApproval(ctx, { ...body, ...params, decision: "declined" }),
  ),
] as const;
