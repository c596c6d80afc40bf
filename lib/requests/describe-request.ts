import type { RequestOutcome } from "./browser/request-schema.ts";
import { fallbackSentence, VIA_WORDS } from "./fallback-words.ts";
import type { Via } from "./schema.ts";

type Outcome = { status: number; via: Via | null; fallbackReason: string | null; reason: string | null };

export function outcomeOf({ status, fallbackReason }: Pick<Outcome, "status" | "fallbackReason">): RequestOutcome {
  if (status >= 500) return "failed";
  if (status === 429) return "shed";
  if (status >= 400) return "refused";
  return fallbackReason === null ? "answered" : "fallback";
}

/** Codes whose number alone says little. */
const REASON_WORDS: Record<string, string> = {
  client_gone: "the caller went away before the answer was complete",
  upstream_broke: "what answered broke off in the middle",
  no_node: "no node could answer",
};

/** Why it was answered that way, or not at all. */
export function whyOf(outcome: Outcome): string {
  const instead = fallbackSentence(outcome.via, outcome.fallbackReason);
  const failure =
    outcome.reason === null
      ? null
      : `It ended with ${outcome.status}: ${REASON_WORDS[outcome.reason] ?? outcome.reason}.`;
  if (instead !== null) return failure === null ? instead : `${instead} ${failure}`;
  if (failure !== null) return failure;
  return outcome.via === null ? `It ended with ${outcome.status}.` : `${VIA_WORDS[outcome.via]} is what was requested.`;
}

/** The whole of it in one sentence. `node` is null in a customer's view. */
export function sentenceOf(
  request: Outcome & { latencyMs: number; version: number | null; node: string | null },
): string {
  const took = request.latencyMs < 1000 ? `${request.latencyMs} ms` : `${(request.latencyMs / 1000).toFixed(2)} s`;
  const where = request.node === null ? "" : ` on ${request.node}`;
  const what = request.version === null ? VIA_WORDS[request.via ?? "primary"].toLowerCase() : `v${request.version}`;
  switch (outcomeOf(request)) {
    case "answered":
    case "fallback":
      return `Answered by ${what}${where} in ${took}.`;
    case "shed":
      return `Turned away with 429 after ${took}.`;
    case "refused":
      return `Refused with ${request.status} after ${took}.`;
    case "failed":
      return `Failed with ${request.status} after ${took}.`;
  }
}
