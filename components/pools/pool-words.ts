import { FALLBACK_POLICIES, type FallbackPolicy } from "#lib/pools/schema.ts";

export const FALLBACK_WORDS: Record<FallbackPolicy, string> = {
  base_model: "Answer with the base model, and say so",
  previous_version: "Answer with the previous version, and say so",
  reject: "Refuse the request",
};

export const FALLBACK_OPTIONS = FALLBACK_POLICIES.map((policy) => ({ value: policy, label: FALLBACK_WORDS[policy] }));

export const fallbackOf = (text: string): FallbackPolicy =>
  FALLBACK_POLICIES.find((policy) => policy === text) ?? "base_model";
