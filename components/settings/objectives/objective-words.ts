import type { ObjectiveKind } from "#lib/alerting/browser/objective-kinds.ts";

type KindWords = { label: string; target: string; hint: string; isMs: boolean; example: string };

/** What each kind is called, and what is typed for it. */
export const KIND_WORDS: Record<ObjectiveKind, KindWords> = {
  latency_p95: {
    label: "End-to-end p95",
    target: "At most, ms",
    hint: "95 of 100 replies are complete within this time, from arrival at the gateway.",
    isMs: true,
    example: "1200",
  },
  ttft_p95: {
    label: "First token p95",
    target: "At most, ms",
    hint: "95 of 100 streamed replies begin within this time.",
    isMs: true,
    example: "400",
  },
  availability: {
    label: "Availability",
    target: "At least, %",
    hint: "Share of answered, failed and shed requests. From 95 to 99.999.",
    isMs: false,
    example: "99.9",
  },
  fallback_share: {
    label: "Own version",
    target: "Fallbacks at most, %",
    hint: "Share of replies from anything other than the requested version. From 0.001 to 5.",
    isMs: false,
    example: "1",
  },
};
