import * as z from "zod";
import { ComparedCallSchema, decodingModes, outcomes, RunSchema } from "#lib/evals/schema.ts";
import { IsoTime, idOf } from "#lib/http/schema.ts";

/** A prompt that was lost for sure, with what was right and what each side answered. */
const LostPromptSchema = z.object({
  caseId: idOf("cas"),
  ordinal: z.number().int(),
  category: z.string(),
  prompt: z.string(),
  /** Never shown to customers; flagged for staff, so that it is not passed on by mistake. */
  heldOut: z.boolean(),
  modes: z.array(z.enum(decodingModes)),
  /** Of the first of these modes. */
  calls: z.array(ComparedCallSchema),
});
export type LostPrompt = z.infer<typeof LostPromptSchema>;

/** All that one gate says, on one page. Figures of the modes stand in `run.verdict`. */
export const RunReportSchema = z.object({
  generatedAt: IsoTime,
  /** Whether nodes that answered may be simulated: every figure is derived from their scored answers. */
  simulated: z.boolean(),
  tenantName: z.string(),
  run: RunSchema,
  /** What it is measured against, in words for whoever reads. */
  against: z.string(),
  /** What came of it, as one sentence; null = it was not judged. */
  sentence: z.string().nullable(),
  /** Why the verdict no longer stands; empty = it stands, and for customers. */
  expired: z.array(z.string()),
  suiteHash: z.string(),
  /** Prompts of the suite that no customer is shown. */
  heldOutPrompts: z.number().int(),
  /** Lost for sure in a mode or both, most lost first. */
  lost: z.array(LostPromptSchema),
  /** Lost prompts that are only counted here: held out, or beyond the longest list, in the mode that lost most. */
  lostNotShown: z.number().int(),
  /** Every gate and comparison of this version, newest first. */
  attempts: z.array(
    z.object({
      runId: idOf("run"),
      attempt: z.number().int(),
      gates: z.boolean(),
      against: z.string(),
      createdAt: IsoTime,
      state: z.string(),
      outcome: z.enum(outcomes).nullable(),
    }),
  ),
  /** Every time a verdict about this version was set aside. */
  overrides: z.array(
    z.object({
      cutoverId: idOf("cut"),
      by: z.string(),
      at: IsoTime,
      reason: z.string(),
      selfApproved: z.boolean(),
      /** None was set aside: it served this customer before, from another deployment. */
      adopted: z.boolean(),
    }),
  ),
});
export type RunReport = z.infer<typeof RunReportSchema>;
