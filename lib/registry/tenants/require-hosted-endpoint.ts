import type { Ctx } from "#lib/identity/ctx.ts";
import { invalidField } from "#lib/platform/errors.ts";
import type { FallbackPolicy } from "#lib/pools/schema.ts";
import { keepPool } from "#lib/pools/store.ts";
import { keepEndpoint } from "../endpoints/endpoint-store.ts";
import { poolsWithoutHosted } from "./tenant-store.ts";

type Wanted = {
  /** null = a tenant that is about to be added. */
  id: string | null;
  fallback: FallbackPolicy;
  hostedEndpointId: string | null;
};

/**
 * A policy that sends requests nowhere would only show in the bad minute that it is there for.
 * @throws AppError `invalid` naming hostedEndpointId: `unknown_endpoint`, or `endpoint_needed` by the policy
 */
export async function requireHostedEndpoint(ctx: Ctx, tenant: Wanted): Promise<void> {
  const { id, fallback, hostedEndpointId } = tenant;
  const refuse = (code: string, message: string, fix: string) => invalidField("hostedEndpointId", code, message, fix);
  if (hostedEndpointId !== null) {
    const endpoint = await keepEndpoint(ctx.tx, hostedEndpointId);
    if (endpoint && (endpoint.tenantId === null || endpoint.tenantId === id)) return;
    throw refuse(
      "unknown_endpoint",
      "There is no such endpoint that may answer for this tenant.",
      "Choose one of Settings, Endpoints that belongs to this tenant or to none.",
    );
  }
  if (fallback !== "hosted_provider") return;
  const fix = "Choose an endpoint here, or one for the pool, or another policy.";
  const pools = id === null ? null : await poolsWithoutHosted(ctx.tx, id);
  if (pools === null)
    throw refuse("endpoint_needed", "The policy sends requests to a hosted provider, and the tenant has none.", fix);
  if (pools.length > 0)
    throw refuse(
      "endpoint_needed",
      `The policy sends requests to a hosted provider, and neither the tenant nor its pool ${pools.join(", ")} has one.`,
      fix,
    );
}

/**
 * The same for a pool that a tenant is about to have an adapter in.
 * @throws AppError `invalid` naming poolId: `unknown_pool`, or `endpoint_needed` by the tenant's policy
 */
export async function requireHostedIn(
  ctx: Ctx,
  { name, fallback, hostedEndpointId }: { name: string } & Omit<Wanted, "id">,
  poolId: string,
): Promise<void> {
  const pool = await keepPool(ctx.tx, poolId);
  if (pool === null)
    throw invalidField("poolId", "unknown_pool", "There is no such pool.", "Take an id from the list of pools.");
  if (fallback !== "hosted_provider" || hostedEndpointId !== null || pool.hostedEndpointId !== null) return;
  throw invalidField(
    "poolId",
    "endpoint_needed",
    `${name} falls back to a hosted provider, and neither it nor the pool ${pool.name} has one.`,
    "Choose an endpoint for the pool or the tenant first, or another policy for the tenant, or another pool.",
  );
}
