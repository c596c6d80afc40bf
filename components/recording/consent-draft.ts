import { RECORDING_LIMITS, WORD_LIMITS } from "#lib/evals/browser/recording-limits.ts";
import type { StartRecording } from "#lib/evals/browser/recording-schema.ts";
import type { Problem } from "#lib/http/schema.ts";
import { limitOf } from "../ui/limit-text.ts";

/** What stands in the fields of the consent form. */
export type ConsentDraft = { perCent: string; days: string; most: string; words: string };
export const CONSENT_FIELDS = ["perCent", "days", "most", "words"] as const;
type ConsentField = (typeof CONSENT_FIELDS)[number];

/** @param words of the recording before: who allows it again need not write them again */
export const draftOf = (words: readonly string[]): ConsentDraft => ({
  perCent: String(RECORDING_LIMITS.perCent.proposed),
  days: String(RECORDING_LIMITS.days.proposed),
  most: String(RECORDING_LIMITS.most.proposed),
  words: words.join("\n"),
});

/** As it is sent; what is no number is below every limit, so that the server names the field. */
export const consentOf = ({ perCent, days, most, words }: ConsentDraft): StartRecording => ({
  perCent: limitOf(perCent) ?? -1,
  days: limitOf(days) ?? -1,
  most: limitOf(most) ?? -1,
  words: linesOf(words),
  agreed: true,
});

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const rangeOf = ({ least, most }: { least: number; most: number }): string =>
  `Give a whole number from ${least} to ${most}.`;

const MEND: Record<ConsentField, string> = {
  perCent: rangeOf(RECORDING_LIMITS.perCent),
  days: rangeOf(RECORDING_LIMITS.days),
  most: rangeOf(RECORDING_LIMITS.most),
  words: `Write ${WORD_LIMITS.most} lines at most, each of ${WORD_LIMITS.shortest} to ${WORD_LIMITS.longest} characters.`,
};

const fieldOf = (path: string): ConsentField | undefined =>
  CONSENT_FIELDS.find((field) => path === field || path.startsWith(`${field}.`));

/** How to mend a field that was refused, in the words of the form; null = it was not. */
export const consentError = (problem: Problem | null, field: ConsentField): string | null =>
  problem?.errors.some(({ field: path }) => fieldOf(path) === field) ? MEND[field] : null;

/** Whether everything that is wrong stands beside its field. */
export const isPlaced = (problem: Problem): boolean =>
  problem.errors.length > 0 && problem.errors.every(({ field }) => fieldOf(field) !== undefined);
