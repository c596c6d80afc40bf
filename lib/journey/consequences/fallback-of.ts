import type { FallbackPolicy } from "#lib/pools/schema.ts";

/** What one adapter of a tenant is answered from, and could be. */
export type Service = {
  tenantId: string;
  tenantName: string;
  adapterId: string;
  adapterSlug: string;
  /** null = nothing is live: its origin answers. */
  live: ProvenVersion | null;
  previous: ProvenVersion | null;
  fallback: FallbackPolicy;
  poolId: string;
  /** null = the pool does not let it answer. */
  baseModel: string | null;
  /** Names of endpoints; null = none is set. */
  provider: string | null;
  origin: string | null;
};
/** `on`: serving nodes that have it proven. */
export type ProvenVersion = { number: number; on: readonly string[] };

/**
 * What would stand in for a service's own target, in words; null = nothing, its requests would be refused.
 * @param serving nodes of its pool that take customers' requests
 */
export function fallbackOf(service: Service, serving: readonly string[]): string | null {
  const { fallback, previous, baseModel, provider, origin } = service;
  const base = baseModel !== null && serving.length > 0 ? `the base model ${baseModel}` : null;
  switch (fallback) {
    case "reject":
      return null;
    case "base_model":
      return base;
    case "previous_version":
      if (previous?.on.some((nodeId) => serving.includes(nodeId))) return `version ${previous.number}`;
      return base ?? (service.live !== null && origin !== null ? `its origin ${origin}` : null);
    case "hosted_provider":
      return provider === null ? base : `the hosted provider ${provider}`;
  }
}

/** What answers it now, in words. */
export function ownAnswer({ live, origin }: Service): string {
  if (live !== null) return `version ${live.number}`;
  return origin === null ? "nothing: no version is live" : `its origin ${origin}`;
}
