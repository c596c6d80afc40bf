import * as z from "zod";
import { WeightsSchema } from "#lib/pools/browser/weights-schema.ts";

const Minutes = z.number().min(0).max(10_080);

const steps = {
  /** Send copies of requests to the new version before any customer gets its replies. */
  shadow: z.boolean(),
  /** Percent of the conversations, one step after the other; none = no canary. */
  weights: WeightsSchema,
  /** A step of shadow or canary needs so many of the new version's requests. */
  minRequests: z.number().int().min(1).max(100_000),
  /** A step takes at least so long, and after so long it says that it hangs. */
  minMinutes: Minutes,
  maxMinutes: Minutes,
  /** How long the guard goes on once everybody gets the new version. */
  soakMinutes: Minutes,
};

/** How a cutover goes, from the moment its version is warm. */
export const PlanSchema = z.object(steps);
export type CutoverPlan = z.infer<typeof PlanSchema>;

/** What is left out is as the settings have it. */
export const PlanChoice = z
  .strictObject(steps)
  .partial()
  .refine(
    ({ minMinutes, maxMinutes }) => minMinutes === undefined || maxMinutes === undefined || minMinutes <= maxMinutes,
    {
      path: ["maxMinutes"],
      message: "must not be less than minMinutes",
    },
  );
export type PlanChoice = z.output<typeof PlanChoice>;

/**
 * `stepwise`: as planned; `shadow_only`: too little traffic for a canary, or none planned; `at_once`: planned so; `first`:
 * nothing was live before, so there is nothing to compare with.
 */
export const TRACKS = ["stepwise", "shadow_only", "at_once", "first"] as const;
export const TrackSchema = z.object({
  kind: z.enum(TRACKS),
  reason: z.string(),
  /** Customers' requests an hour when it was chosen. */
  requestsPerHour: z.number(),
});
export type CutoverTrack = z.infer<typeof TrackSchema>;
