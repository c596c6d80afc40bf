import * as z from "zod";
import { IsoTime, MeasurementSchema } from "#lib/http/schema.ts";

export const SIGNALS = ["errors", "unparsed", "invalid", "first_token", "whole"] as const;
export type Signal = (typeof SIGNALS)[number];

const CountsSchema = z.object({ bad: z.number().int(), of: z.number().int() });

export const GuardSignalSchema = z.object({
  signal: z.enum(SIGNALS),
  /** The share in which something was bad, of the new version's requests and of those beside it; null = none was seen. */
  candidate: MeasurementSchema,
  live: MeasurementSchema,
  /** Requests behind the shares. */
  candidateCounts: CountsSchema,
  liveCounts: CountsSchema,
  difference: MeasurementSchema,
  /** The difference is at least this, with the confidence of the guard; null = nothing is ruled out yet. */
  atLeast: MeasurementSchema,
  /** More than this is a breach, once it is certain enough. */
  tolerance: z.number(),
  isBreached: z.boolean(),
  /** How it came to that: the end of a span, and what was seen from the step's begin until then. */
  points: z.array(
    z.object({
      at: IsoTime,
      difference: z.number().nullable(),
      atLeast: z.number().nullable(),
      requests: z.number().int(),
    }),
  ),
});
export type GuardSignal = z.infer<typeof GuardSignalSchema>;

export const GuardSchema = z.object({
  /** The step that is watched, or was last; null = there was none. */
  step: z
    .object({
      phase: z.enum(["shadow", "canary", "soaking"]),
      weight: z.number().int(),
      from: IsoTime,
      /** null = it goes on. */
      to: IsoTime.nullable(),
    })
    .nullable(),
  /** False: no gateway tells what happens to requests. */
  isHeard: z.boolean(),
  /** Requests of the new version in the step, and how many its plan asks for; null = none, the step ends with its time. */
  samples: MeasurementSchema,
  needed: z.number().int().nullable(),
  /** What counts as late, ms; null = too few requests before the step to say, or another machine answered them. */
  firstTokenAfterMs: z.number().nullable(),
  wholeAfterMs: z.number().nullable(),
  signals: z.array(GuardSignalSchema),
  /** Replies of copies beside those that customers got, by tools and arguments; never what they said. */
  comparisons: z.object({
    same: MeasurementSchema,
    different: MeasurementSchema,
    bothNone: MeasurementSchema,
    notComparable: MeasurementSchema,
  }),
  /** Between two points of a signal. */
  stepSeconds: z.number().int(),
  asOf: IsoTime,
});
export type Guard = z.infer<typeof GuardSchema>;
