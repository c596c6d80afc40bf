import type { CallInput } from "#lib/api/client.ts";
import type { BatchCandidate } from "#lib/cutover/browser/batch-schema.ts";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";

/** What stands in the form. */
export type BatchValues = { atOnce: number; stopAfterFailures: number; pace: "steps" | "once"; overrideReason: string };
export const NEW_BATCH: BatchValues = { atOnce: 5, stopAfterFailures: 1, pace: "steps", overrideReason: "" };

export type BatchBody = CallInput<"POST /cutover-batches">["body"];

/** As the API takes it. */
export const toBody = (
  { atOnce, stopAfterFailures, pace, overrideReason }: BatchValues,
  chosen: readonly Pick<BatchCandidate, "adapterId" | "toVersionId">[],
): BatchBody => ({
  rows: chosen.map(({ adapterId, toVersionId }) => ({ adapterId, toVersionId })),
  atOnce,
  stopAfterFailures,
  ...(pace === "once" ? { plan: AT_ONCE } : {}),
  ...(overrideReason.trim() === "" ? {} : { overrideReason: overrideReason.trim() }),
});
