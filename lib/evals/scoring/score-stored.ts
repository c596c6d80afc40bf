import type { EvalCase } from "../eval-case.ts";
import type { ScoredAnswer } from "../stored-sample.ts";
import { type ReplyScore, scoreReply, transportFailure } from "./score-reply.ts";

/** The score of a reply's text, as a run keeps it. The same text always gives the same score. */
export const scoreText = (text: string, evalCase: EvalCase): ScoredAnswer => scoreParsed(parseReply(text), evalCase);

/** The same of what `parseReply` made of the text. */
export const scoreParsed = (reply: unknown, evalCase: EvalCase): ScoredAnswer => storable(scoreReply(reply, evalCase));

/** The score of a sample that never got a reply worth reading. */
export const scoreFailure = (message: string): ScoredAnswer => storable(transportFailure(message));

/** @returns undefined when it is no JSON; the scorer says then that it is no chat completion */
export function parseReply(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Models may answer with what Postgres refuses as text: NUL, and halves of surrogate pairs, also where a text was cut. */
export const cleanText = (text: string): string =>
  UNSTORABLE.test(text) ? text.replaceAll(/\0|\p{Surrogate}/gu, "\ufffd") : text;
const UNSTORABLE = /[\0\ud800-\udfff]/;
const cleanOrNull = (text: string | null): string | null => (text === null ? null : cleanText(text));

function storable({ status, kind, detail, finishReason }: ReplyScore): ScoredAnswer {
  return {
    status,
    kind,
    detail: {
      message: cleanText(detail.message),
      differences: detail.differences.map(({ path, expected, actual }) => ({
        path: cleanText(path),
        expected: cleanOrNull(expected),
        actual: cleanOrNull(actual),
      })),
    },
    finishReason: cleanOrNull(finishReason),
  };
}
