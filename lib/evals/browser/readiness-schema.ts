import * as z from "zod";
import { idOf, MeasurementSchema, pageOf } from "#lib/http/schema.ts";

const readinessCodes = ["prompts", "categories", "duplicates", "baseline", "held_out", "tools"] as const;

export const ReadinessItemSchema = z.object({
  code: z.enum(readinessCodes),
  title: z.string(),
  /** `missing` keeps the suite from gating, `weak` makes its verdict worth less, `unknown` could not be seen yet. */
  state: z.enum(["ok", "weak", "missing", "unknown"]),
  have: MeasurementSchema,
  /** What is wanted, as a number of the same unit; null = there is no such number. */
  need: z.number().nullable(),
  sentence: z.string(),
  /** null where nothing is to be done. */
  fix: z.string().nullable(),
});
export type ReadinessItem = z.infer<typeof ReadinessItemSchema>;

export const SizeSchema = z.object({
  prompts: z.number().int(),
  /** The true regression rate that a pass without a loss excludes. */
  excludes: MeasurementSchema,
  /** Calls to the model that one run takes at least. */
  calls: MeasurementSchema,
});

const summary = {
  tenantId: idOf("ten"),
  tenantName: z.string(),
  /** The suite that a gate would take; null = there is none. */
  suite: z
    .object({ id: idOf("sui"), name: z.string(), revision: z.number().int(), caseCount: z.number().int() })
    .nullable(),
  /** A run of this suite can pass. */
  isGateable: z.boolean(),
  /** How far it is, in one sentence. */
  sentence: z.string(),
};

export const ReadinessSchema = z.object({
  ...summary,
  items: z.array(ReadinessItemSchema),
  sizes: z.array(SizeSchema),
  /** Prompts that the baseline itself got wrong in the last completed run with this suite; the first 50. */
  failedCases: z.array(z.object({ caseId: idOf("cas"), ordinal: z.number().int() })),
});
export type Readiness = z.infer<typeof ReadinessSchema>;

export const ReadinessSummarySchema = z.object({
  ...summary,
  categories: z.number().int(),
  duplicates: z.number().int(),
  heldOut: z.number().int(),
  hasTools: z.boolean(),
});
export type ReadinessSummary = z.infer<typeof ReadinessSummarySchema>;
export const ReadinessPage = pageOf(ReadinessSummarySchema);
