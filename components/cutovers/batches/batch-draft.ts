import type { CallInput } from "#lib/api/client.ts";
import type { BatchCandidate } from "#lib/cutover/browser/batch-schema.ts";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";

/** What the form holds: texts as they were typed. */
export type BatchDraft = { atOnce: string; stopAfterFailures: string; pace: "steps" | "once"; overrideReason: string };
export const NEW_BATCH: BatchDraft = { atOnce: "5", stopAfterFailures: "1", pace: "steps", overrideReason: "" };

export type BatchBody = CallInput<"POST /cutover-batches">["body"];

/** As the API takes it; a number that is none goes out as it is, and the API says what is wrong with it. */
export const toBody = (
  { atOnce, stopAfterFailures, pace, overrideReason }: BatchDraft,
  chosen: readonly Pick<BatchCandidate, "adapterId" | "toVersionId">[],
): BatchBody => ({
  rows: chosen.map(({ adapterId, toVersionId }) => ({ adapterId, toVersionId })),
  atOnce: numberOf(atOnce),
  stopAfterFailures: numberOf(stopAfterFailures),
  ...(pace === "once" ? { plan: AT_ONCE } : {}),
  ...(overrideReason.trim() === "" ? {} : { overrideReason: overrideReason.trim() }),
});

/** An empty field is no 0. */
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
