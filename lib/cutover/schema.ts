import * as z from "zod";
import { IsoTime, idOf, PageQuery } from "#lib/http/schema.ts";
import { PlanChoice, PlanSchema, TrackSchema } from "./browser/plan-schema.ts";

export const CUTOVER_PHASES = [
  "pending",
  "warming",
  "shadow",
  "canary",
  "full",
  "soaking",
  "completed",
  "rolled_back",
  "aborted",
] as const;
/** `full`: the live pointer has moved; `completed`: nothing is left to do, a rollback is still one step away. */
export type CutoverPhase = (typeof CUTOVER_PHASES)[number];

export const CutoverStepSchema = z.object({
  phase: z.enum(CUTOVER_PHASES),
  at: IsoTime,
  by: z.string(),
  reason: z.string().nullable(),
  /** Percent of the conversations that its version got from then on; left out in what is older than canaries. */
  weight: z.number().int().optional(),
  /** It was paused or resumed here, and took no step. */
  isHold: z.boolean().optional(),
});
export type CutoverStep = z.infer<typeof CutoverStepSchema>;

export const CutoverSchema = z.object({
  id: idOf("cut"),
  tenantId: idOf("ten"),
  tenantSlug: z.string(),
  tenantName: z.string(),
  adapterId: idOf("adp"),
  adapterSlug: z.string(),
  /** null = nothing was live before. */
  fromVersionId: z.string().nullable(),
  fromNumber: z.number().int().nullable(),
  toVersionId: idOf("ver"),
  toNumber: z.number().int(),
  /** It moves the customer in: requests went to the present endpoint before, and a rollback returns there. */
  fromOrigin: z.boolean(),
  /** The pass it rests on; under an override the verdict that was set aside, or null when there was none. */
  verdictId: z.string().nullable(),
  /** The evaluation run of that verdict. */
  runId: z.string().nullable(),
  overrideReason: z.string().nullable(),
  /** Whoever set the gate aside had started its run: there was no other platform admin. */
  selfApproved: z.boolean(),
  /** It served this customer from another deployment before: nothing was live here, and no verdict was set aside. */
  adopted: z.boolean(),
  phase: z.enum(CUTOVER_PHASES),
  /** How it goes; null = it was started before there were plans. */
  plan: PlanSchema.nullable(),
  /** Which of the plan's steps it takes, and why; null until its version is warm. */
  track: TrackSchema.nullable(),
  /** Of the plan's weights, the one in force. */
  stepIndex: z.number().int(),
  /** Since when it stands where it stands; null = it has not begun. */
  stepAt: IsoTime.nullable(),
  /** Percent of the conversations that its version gets. */
  weight: z.number().int(),
  /** It takes no step by itself until somebody resumes it; its guard goes on. */
  paused: z.boolean(),
  awaitingApproval: z.boolean(),
  /** When its guard ended it; null = it did not. */
  guardedAt: IsoTime.nullable(),
  /** What it waits for, or why it ended; null when there is nothing to say. */
  message: z.string().nullable(),
  /** Oldest first. */
  history: z.array(CutoverStepSchema),
  /** True while its version is live and there is a version, or an origin, to go back to. */
  canRollBack: z.boolean(),
  /** True before any traffic has moved. */
  canAbort: z.boolean(),
  /** True while it stands at a step that can be ended by hand. */
  canPromote: z.boolean(),
  requestedBy: z.string(),
  generation: z.number().int(),
  createdAt: IsoTime,
  updatedAt: IsoTime,
  finishedAt: IsoTime.nullable(),
});
export type Cutover = z.infer<typeof CutoverSchema>;

export const StartCutover = z.strictObject({
  toVersionId: idOf("ver"),
  /** Goes live without a passed gate. Kept in the audit trail and shown wherever the version is. */
  overrideReason: z.string().trim().min(10).max(500).optional(),
  /** With an override reason: it serves this customer already, elsewhere. Only while nothing is live and no gate was judged. */
  adopted: z.boolean().optional(),
  /** The tenant's slug, typed by the only platform admin to set aside a run of their own. */
  confirmTenant: z.string().max(63).optional(),
  /** How it goes; what is left out is as the settings have it. */
  plan: PlanChoice.optional(),
});
export type StartCutover = z.output<typeof StartCutover>;

const Reason = z.string().trim().min(1).max(500).optional();
export const RollBackCutover = z.strictObject({ reason: Reason });
export const AbortCutover = z.strictObject({ reason: Reason });
export const PauseCutover = z.strictObject({ reason: Reason });
export const PromoteCutover = z.strictObject({
  reason: Reason,
  /** Ends a step of shadow or canary that has not seen as many requests as its plan asks for. */
  withoutSamples: z.boolean().default(false),
});

export const CutoversQuery = PageQuery.extend({
  tenantId: idOf("ten").optional(),
  adapterId: idOf("adp").optional(),
  /** true = only those that are still under way; false = only those that have ended. */
  active: z.enum(["true", "false"]).optional(),
});
