import type * as z from "zod";
import { limitOf, limitText } from "#components/ui/limit-text.ts";
import type { FallbackPolicy } from "#lib/pools/schema.ts";
import type { Tenant, UpdateTenant } from "#lib/registry/schema.ts";

type Body = z.input<typeof UpdateTenant>;

/** What was chosen, and the generation it was chosen over: whoever saved in between is not overwritten. */
type PolicyEdit = {
  generation: number;
  fallback: FallbackPolicy;
  hostedEndpointId: string | null;
  allowBaseModel: boolean;
};

export const policyOf = ({ generation, fallback, hostedEndpointId, allowBaseModel }: Tenant): PolicyEdit => ({
  generation,
  fallback,
  hostedEndpointId,
  allowBaseModel,
});

export const toPolicy = ({ generation: _, ...policy }: PolicyEdit): Body => policy;

export type LimitsEdit = {
  generation: number;
  weight: string;
  maxConcurrent: string;
  requestsPerMinute: string;
  tokensPerMinute: string;
};

export const limitsOf = (tenant: Tenant): LimitsEdit => ({
  generation: tenant.generation,
  weight: String(tenant.weight),
  maxConcurrent: limitText(tenant.maxConcurrent),
  requestsPerMinute: limitText(tenant.requestsPerMinute),
  tokensPerMinute: limitText(tenant.tokensPerMinute),
});

export const toLimits = (edit: LimitsEdit): Body => ({
  weight: limitOf(edit.weight) ?? -1,
  maxConcurrent: limitOf(edit.maxConcurrent),
  requestsPerMinute: limitOf(edit.requestsPerMinute),
  tokensPerMinute: limitOf(edit.tokensPerMinute),
});
