import * as z from "zod";
import { IsoTime, idOf, MeasurementSchema, pageOf } from "#lib/http/schema.ts";

/** How answers changed in one decoding mode; shares are of the prompts that all sides answered. */
const ModeChangeSchema = z.object({
  /** Prompts that most answers got right before and wrong now, or the other way round. */
  changed: MeasurementSchema,
  regressed: MeasurementSchema,
  improved: MeasurementSchema,
  /** Prompts to which the baseline itself gave right and wrong answers: what changes without any change. */
  flaky: MeasurementSchema,
  noiseFloor: MeasurementSchema,
});

/** How a version's answers differed from those of what it was measured against. */
export const GateChangeSchema = z.object({
  runId: idOf("run"),
  versionId: idOf("ver"),
  versionNumber: z.number().int(),
  adapterSlug: z.string(),
  /** What it was measured against, in words. */
  against: z.string(),
  attempt: z.number().int(),
  prompts: z.number().int(),
  outcome: z.enum(["pass", "fail", "inconclusive"]),
  judgedAt: IsoTime,
  modes: z.object({ greedy: ModeChangeSchema, sampled: ModeChangeSchema }),
});
export type GateChange = z.infer<typeof GateChangeSchema>;
export const AnswerHistoryPage = pageOf(GateChangeSchema);
