import { canonicalText } from "../scoring/normalise-arguments.ts";
import { callsOf } from "../scoring/score-reply.ts";
import { parseReply } from "../scoring/score-stored.ts";
import type { StoredCase, StoredSample } from "../stored-sample.ts";

/**
 * Whether a prompt that both sides got wrong is answered in another way now: the candidate's likeliest answer calls what none
 * of the baseline's did. Calls are compared as the scorer reads them, in any order; words beside them are not.
 * @param samples greedy answers to this prompt, with raw replies
 */
export function isWrongOtherwise(stored: StoredCase, samples: readonly StoredSample[]): boolean {
  const wrong = samples.flatMap(({ side, take, status, rawReply }) =>
    status === "wrong" && rawReply !== null ? [{ isCandidate: side === "candidate", take, rawReply }] : [],
  );
  const [now] = wrong.filter(({ isCandidate }) => isCandidate).sort((left, right) => left.take - right.take);
  const before = wrong.filter(({ isCandidate }) => !isCandidate);
  if (now === undefined || before.length === 0) return false;
  const called = textOfCalls(stored, now.rawReply);
  return before.every(({ rawReply }) => textOfCalls(stored, rawReply) !== called);
}

const textOfCalls = (stored: StoredCase, rawReply: string): string | null =>
  callsOf(parseReply(rawReply), stored)
    ?.map(({ name, node }) => `${name} ${canonicalText(node)}`)
    .sort()
    .join("\n") ?? null;
