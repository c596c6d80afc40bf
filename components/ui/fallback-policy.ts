import type { FallbackPolicy } from "#lib/pools/schema.ts";

/** What a customer gets while the live version cannot be served, in words. */
export const FALLBACK_WORDS: Record<FallbackPolicy, string> = {
  base_model: "Fall back to the base model (marked in response headers)",
  previous_version: "Fall back to the previous version (marked in response headers)",
  hosted_provider: "Fall back to a hosted provider (marked in response headers)",
  reject: "Refuse the request",
};

const POLICIES = Object.keys(FALLBACK_WORDS) as FallbackPolicy[];

export const FALLBACK_OPTIONS = POLICIES.map((policy) => ({ value: policy, label: FALLBACK_WORDS[policy] }));

/** The policy a form control holds. */
export const fallbackOf = (text: string): FallbackPolicy => POLICIES.find((policy) => policy === text) ?? "base_model";
