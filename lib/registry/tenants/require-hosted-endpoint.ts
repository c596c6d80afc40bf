import type { Ctx } from "#lib/identity/ctx.ts";
import { invalidField } from "#lib/platform/errors.ts";
import type { FallbackPolicy } from "#lib/pools/schema.ts";
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
