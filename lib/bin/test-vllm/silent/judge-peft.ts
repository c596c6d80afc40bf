import type { Finding } from "#lib/registry/schema.ts";
import { errorsOf } from "./judge-row.ts";
import type { PeftFolder, TokenAnswers } from "./peft-manifest.ts";

/** What an engine did with one folder. */
export type SeenFolder = {
  id: string;
  status: number;
  /** The engine's words for a refusal; null = it loaded. */
  message: string | null;
  /** The likeliest first tokens of each prompt and of the messages; null = it was not loaded, or does not answer. */
  answers: TokenAnswers | null;
};

/** Two programs in float32, one with its own order of sums: 0.002 was the most that sound folders showed. */
const TOLERANCE = 0.02;

/** Whether an engine's likeliest tokens are, with these log-probabilities, among those of the reference. */
export const agrees = (reference: TokenAnswers, seen: TokenAnswers | null): boolean =>
  seen !== null &&
  seen.length === reference.length &&
  seen.every((tokens, at) => {
    const expected = reference[at] ?? {};
    const entries = Object.entries(tokens);
    return (
      entries.length > 0 &&
      entries.every(([token, value]) => Math.abs(value - (expected[token] ?? Number.POSITIVE_INFINITY)) < TOLERANCE)
    );
  });

/** A folder as it was made, as the engine took it, and as the checks judge it. */
export type JudgedFolder = PeftFolder & {
  seen: SeenFolder;
  findings: readonly Finding[];
  /** The engine answers as transformers with PEFT does. */
  isRight: boolean;
  mistake: "false refusal" | "false acceptance" | "made otherwise" | null;
};

/** Holds the checks against the engine: the engine's answers are the truth. */
export function judgeFolder(folder: PeftFolder, seen: SeenFolder, findings: readonly Finding[]): JudgedFolder {
  const isRight = seen.status === 200 && agrees(folder.answers, seen.answers);
  const isAccepted = errorsOf(findings).length === 0;
  const wrong = isRight === isAccepted ? null : isRight ? "false refusal" : "false acceptance";
  const mistake = wrong ?? (isRight === folder.isSound ? null : "made otherwise");
  return { ...folder, seen, findings, isRight, mistake };
}
