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
      summary: "List approvals that cutovers wait for or waited for",
      description: "Customers see only the approvals requested from them.",
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
      summary: "List the customer's own prompts whose answers differ, side by side",
      description: "Largest losses first. Held-out prompts are neither shown nor counted.",
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
      summary: "Approve the step that a cutover waits for",
      description: "Repeating the same answer has no effect. The cutover continues within seconds.",
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
      summary: "Decline the step that a cutover waits for, and end the cutover",
      description: "The live version stays live, and its share of the requests returns to it.",
      action: "approval.decide",
      params,
      body: DecideApproval,
      ok: ApprovalSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => decideApproval(ctx, { ...body, ...params, decision: "declined" }),
  ),
] as const;
