import { staleEdit } from "#lib/http/etag.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { requireStaying } from "#lib/identity/tenant-access-store.ts";
import { invalidField } from "#lib/platform/errors.ts";
import { keepEndpoint } from "../endpoints/endpoint-store.ts";
import { found } from "../found.ts";
import type { Adapter } from "../schema.ts";
import { getAdapter } from "./adapter-store.ts";
import { type RouteChange, saveRoute } from "./route-store.ts";

type Edit = { adapterId: string; expectedGeneration: number; change: RouteChange };

/**
 * Changes a route's origin, or what has a share beside what is live. Part of somebody else's audited change, which has
 * decided that it may be so.
 * @throws AppError `not_found`, `stale` when the route is no longer at that generation, `conflict` (`tenant_leaving`), or
 * `invalid` on endpointId (`unknown_endpoint`)
 */
export async function changeRoute(ctx: Ctx, { adapterId, expectedGeneration, change }: Edit): Promise<Adapter> {
  const { tenantId } = found("adapter", await getAdapter(ctx.tx, adapterId));
  await requireStaying(ctx.tx, tenantId);
  if ("originEndpointId" in change && change.originEndpointId !== null) {
    const endpoint = await keepEndpoint(ctx.tx, change.originEndpointId);
    if (!endpoint || (endpoint.tenantId !== null && endpoint.tenantId !== tenantId))
      throw invalidField(
        "endpointId",
        "unknown_endpoint",
        "There is no such endpoint that may answer for this tenant.",
        "Choose one of Settings, Endpoints that belongs to this tenant or to none.",
      );
  }
  if (!(await saveRoute(ctx.tx, adapterId, expectedGeneration, change))) throw staleEdit();
  return found("adapter", await getAdapter(ctx.tx, adapterId));
}
