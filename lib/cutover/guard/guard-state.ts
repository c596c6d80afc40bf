import * as z from "zod";
import type { LateAfter, Outcomes } from "#lib/requests/outcomes/outcomes.ts";

const Count = z.number().int().min(0);
const OutcomesSchema = z.object({
  requests: Count,
  failed: Count,
  withCalls: Count,
  unparsed: Count,
  invalid: Count,
  streams: Count,
  lateFirst: Count,
  answered: Count,
  lateWhole: Count,
  simulated: z.boolean(),
}) satisfies z.ZodType<Outcomes>;

/** What a guard goes by beside the requests themselves, fixed before the requests that it judges. */
export type GuardState = {
  /** What is late: the live version's p95 of the day before. */
  late: LateAfter;
  /** The replaced version's counts of the day before everybody got the new one; null = it still answers beside it. */
  reference: Outcomes | null;
};
const GuardStateSchema: z.ZodType<GuardState> = z.object({
  late: z.object({ firstMs: z.number().nullable(), wholeMs: z.number().nullable() }),
  reference: OutcomesSchema.nullable(),
});

const NOTHING: GuardState = { late: { firstMs: null, wholeMs: null }, reference: null };

/** What was stored, or nothing at all. */
export function readGuardState(stored: unknown): GuardState {
  const parsed = GuardStateSchema.safeParse(stored);
  return parsed.success ? parsed.data : NOTHING;
}
