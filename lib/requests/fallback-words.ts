import type { Via } from "./schema.ts";

/** What answers, as people say it. */
export const VIA_WORDS: Record<Via, string> = {
  primary: "The live version",
  previous_version: "The previous version",
  base_model: "The base model",
  hosted_provider: "A hosted provider",
  origin: "The customer's own endpoint",
};

/** Why something else than the route's own target answers; the gateway's words for it are on the left. */
const REASON_WORDS = {
  no_node: "no node can serve the requested version",
  saturated: "its pool has no capacity in time",
  node_failed: "the node that should have answered failed",
  breaker_open: "the intended target failed several times in a row and gets no requests for now",
  control: "a manual override is set",
} as const;

const isKnown = (reason: string): reason is keyof typeof REASON_WORDS => reason in REASON_WORDS;

/** One sentence: what answers instead, and why. null = it was no fallback. */
export function fallbackSentence(via: Via | null, reason: string | null): string | null {
  if (reason === null) return null;
  const why = isKnown(reason) ? REASON_WORDS[reason] : reason;
  return via === null ? `Nothing answered: ${why}.` : `${VIA_WORDS[via]} answers instead, as ${why}.`;
}
