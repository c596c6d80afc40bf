import type { FallbackPolicy } from "#lib/pools/schema.ts";

/** What a customer gets while the live version cannot be served, in words. */
export const FALLBACK_WORDS: Record<FallbackPolicy, string> = {
  base_model: "Answer with the base model, and say so",
  previous_version: "Answer with the previous version, and say so",
  hosted_provider: "Answer with a hosted provider, and say so",
  reject: "Refuse the request",
};

const POLICIES = Object.keys(FALLBACK_WORDS) as FallbackPolicy[];

export const FALLBACK_OPTIONS = POLICIES.map((policy) => ({ value: policy, label: FALLBACK_WORDS[policy] }));

/** The policy a form control holds. */
export const fallbackOf = (text: string): FallbackPolicy => POLICIES.find((policy) => policy === text) ?? "base_model";
