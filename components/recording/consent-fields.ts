import { RECORDING_LIMITS, WORD_LIMITS } from "#lib/evals/browser/recording-limits.ts";
import type { StartRecording } from "#lib/evals/browser/recording-schema.ts";

/** @param words of the recording before: who allows it again need not write them again */
export const consentOf = (words: readonly string[]): Omit<StartRecording, "agreed"> & { agreed: boolean } => ({
  perCent: RECORDING_LIMITS.perCent.proposed,
  days: RECORDING_LIMITS.days.proposed,
  most: RECORDING_LIMITS.most.proposed,
  words: [...words],
  agreed: false,
});

const rangeOf = ({ least, most }: { least: number; most: number }): string =>
  `Give a whole number from ${least} to ${most}.`;

/** How to mend a field that was refused, in the words of a form for customers. */
export const MEND = {
  perCent: rangeOf(RECORDING_LIMITS.perCent),
  days: rangeOf(RECORDING_LIMITS.days),
  most: rangeOf(RECORDING_LIMITS.most),
  words: `Write ${WORD_LIMITS.most} lines at most, each of ${WORD_LIMITS.shortest} to ${WORD_LIMITS.longest} characters.`,
} as const;
