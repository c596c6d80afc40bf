import * as z from "zod";

/** Percent of the conversations that a new version gets, one step of its canary after the other; none = no canary. */
export const WeightsSchema = z
  .array(z.number().int().min(1).max(99))
  .max(8)
  .refine((weights) => weights.every((weight, at) => at === 0 || weight > (weights[at - 1] ?? 0)), {
    message: "each weight must be larger than the one before, such as 1, 5, 25, 50",
  });
