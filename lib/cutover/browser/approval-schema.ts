import * as z from "zod";
import { baselineKinds } from "#lib/evals/browser/baseline-schema.ts";
import { IsoTime, idOf, PageQuery } from "#lib/http/schema.ts";
import { DECIDERS, SILENCES } from "./policy-schema.ts";

export const APPROVAL_STEPS = ["canary", "live"] as const;
/** What it holds back: a first share of the requests, or all of them. */
export type ApprovalStep = (typeof APPROVAL_STEPS)[number];

export const APPROVAL_STATES = ["pending", "approved", "declined", "expired", "withdrawn"] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export const APPROVER_ROLES = ["platform_admin", "operator", "tenant_admin"] as const;
export type ApproverRole = (typeof APPROVER_ROLES)[number];

export const ApprovalSchema = z.object({
  id: idOf("apv"),
  tenantId: idOf("ten"),
  tenantName: z.string(),
  adapterId: idOf("adp"),
  adapterSlug: z.string(),
  cutoverId: idOf("cut"),
  /** null = nothing was live before. */
  fromNumber: z.number().int().nullable(),
  fromOrigin: z.boolean(),
  toVersionId: idOf("ver"),
  toNumber: z.number().int(),
  step: z.enum(APPROVAL_STEPS),
  decider: z.enum(DECIDERS),
  /** The least role that may decide. */
  approverRole: z.enum(APPROVER_ROLES),
  state: z.enum(APPROVAL_STATES),
  /** Whether whoever asks may decide it now. */
  canDecide: z.boolean(),
  /** What comes of it when nobody answers in time. */
  onSilence: z.enum(SILENCES),
  /** Of the cutover, when it was asked for. */
  cutoverGeneration: z.number().int(),
  createdAt: IsoTime,
  expiresAt: IsoTime,
  decidedBy: z.string().nullable(),
  decidedAt: IsoTime.nullable(),
  comment: z.string().nullable(),
  /** Why nobody decided: it expired or was withdrawn. */
  reason: z.string().nullable(),
});
export type Approval = z.infer<typeof ApprovalSchema>;

const ProvedModeSchema = z.object({
  /** "at most 1.5 % … with 95 % confidence" */
  claim: z.string(),
  /** What so many prompts cannot rule out. */
  cannotRuleOut: z.string(),
  /** Prompts lost so surely that chance is no explanation. */
  confirmed: z.number().int(),
});

/** What somebody needs to know to decide. */
export const ApprovalDetailSchema = ApprovalSchema.extend({
  /** How it goes on once approved, in a sentence. */
  how: z.string(),
  /** What the gate proved; null = it was set aside. */
  gate: z
    .object({
      runId: idOf("run"),
      outcome: z.enum(["pass", "fail", "inconclusive"]),
      /** What it was compared with. */
      baseline: z.enum(baselineKinds),
      /** Of the version that it was compared with; null = it was none. */
      baselineNumber: z.number().int().nullable(),
      prompts: z.number().int(),
      /** Of these, so many are nobody's to see but the platform's. */
      heldOut: z.number().int(),
      greedy: ProvedModeSchema,
      sampled: ProvedModeSchema,
      judgedAt: IsoTime,
    })
    .nullable(),
  /** Why the gate was set aside; null = it was passed. */
  overrideReason: z.string().nullable(),
  /** Who should decide, but whose mail was refused, and when it is tried again; for staff only. */
  notWritten: z.array(
    z.object({ address: z.string(), reason: z.string(), tries: z.number().int(), nextTryAt: IsoTime.nullable() }),
  ),
  /** Not set aside: it served this customer before, from another deployment. */
  adopted: z.boolean(),
});
export type ApprovalDetail = z.infer<typeof ApprovalDetailSchema>;

export const ApprovalsQuery = PageQuery.extend({
  tenantId: idOf("ten").optional(),
  cutoverId: idOf("cut").optional(),
  state: z.enum(APPROVAL_STATES).optional(),
});

export const DecideApproval = z.strictObject({ comment: z.string().trim().min(1).max(500).optional() });
