import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { recordAnnotation } from "#lib/metrics/marks/record-annotation.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import { changeRoute } from "#lib/registry/adapters/change-route.ts";
import type { Adapter, AdapterRoute } from "#lib/registry/schema.ts";
import { lockAdapter, openCutoverOf } from "../store.ts";
import { hasOrigin } from "./origin-state.ts";

type Edit = { adapterId: string; expectedGeneration: number };

/**
 * Says where a customer is served today: requests go there as soon as the gateway has read it, until a version is live.
 * null takes it away again.
 * @throws AppError `not_found`, `stale`, `invalid` on endpointId, or `conflict` (`already_live`, `origin_kept`, `shares_set`,
 * `cutover_in_progress`, `tenant_leaving`)
 */
export async function putOrigin(ctx: Ctx, input: Edit & { endpointId: string | null }): Promise<AdapterRoute> {
  const { adapterId, expectedGeneration, endpointId } = input;
  const adapter = await lockedAdapter(ctx, adapterId);
  refuseOrigin(adapter.route, endpointId);
  const open = await openCutoverOf(ctx.tx, adapterId);
  if (open)
    throw conflict(
      "cutover_in_progress",
      `A cutover of this adapter is ${open.phase} (${open.id}).`,
      "Wait until it has ended, or abort it.",
    );
  const change = { originEndpointId: endpointId, originUntil: null, originEndedAt: null };
  const { route } = await changeRoute(ctx, { adapterId, expectedGeneration, change });
  await audit(ctx, {
    action: "origin.set",
    object: { type: "adapter", id: adapterId },
    tenantId: adapter.tenantId,
    before: originOf(adapter.route),
    after: originOf(route),
  });
  return route;
}

function refuseOrigin(route: AdapterRoute, endpointId: string | null): void {
  if (endpointId !== null && route.liveVersionId !== null)
    throw conflict(
      "already_live",
      `Version ${route.liveVersionNumber} is live: it answers, and no origin would.`,
      "Set an origin before the first version goes live.",
      "endpointId",
    );
  if (endpointId !== null) return;
  if (route.liveVersionId !== null && hasOrigin(route))
    throw conflict(
      "origin_kept",
      "The origin is the way back from the live version.",
      "Say first that it was switched off (origin/end).",
      "endpointId",
    );
  if (route.liveVersionId === null && (route.weightPercent > 0 || route.mirrorPercent > 0))
    throw conflict(
      "shares_set",
      "A version has a share of the requests that the origin answers.",
      "Set both shares to nothing first.",
      "endpointId",
    );
}

/**
 * Says that a customer's endpoint was switched off: from now on nothing goes back there, and what it took is freed.
 * @throws AppError `not_found`, `stale`, or `conflict` (`no_origin`, `already_ended`, `nothing_live`)
 */
export async function endOrigin(ctx: Ctx, input: Edit & { reason?: string | undefined }): Promise<AdapterRoute> {
  const { adapterId, expectedGeneration, reason = null } = input;
  const adapter = await lockedAdapter(ctx, adapterId);
  const { route } = adapter;
  if (route.originEndpointId === null)
    throw conflict("no_origin", "The adapter has no origin.", "Nothing needs doing.");
  if (route.originEndedAt !== null)
    throw conflict("already_ended", "The origin was switched off already.", "Nothing needs doing.");
  if (route.liveVersionId === null)
    throw conflict(
      "nothing_live",
      "The origin answers the customer's requests: nothing else is live.",
      "Cut over to a version first, or take the origin away.",
    );
  const change = { originEndedAt: ctx.clock.now() };
  const after = (await changeRoute(ctx, { adapterId, expectedGeneration, change })).route;
  await audit(ctx, {
    action: "origin.end",
    object: { type: "adapter", id: adapterId },
    tenantId: adapter.tenantId,
    before: originOf(route),
    after: originOf(after),
    reason,
  });
  await recordAnnotation(ctx, {
    kind: "origin",
    title: `${adapter.slug} of ${adapter.tenantName}: its origin was switched off`,
    tenantId: adapter.tenantId,
    ref: { type: "adapter", id: adapterId },
  });
  return after;
}

async function lockedAdapter(ctx: Ctx, adapterId: string): Promise<Adapter> {
  if ((await getAdapter(ctx.tx, adapterId)) === null) throw notFound("adapter");
  await lockAdapter(ctx.tx, adapterId);
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  return adapter;
}

const originOf = ({ originEndpointId, originUntil, originEndedAt, liveVersionId }: AdapterRoute) => ({
  originEndpointId,
  originUntil,
  originEndedAt,
  liveVersionId,
});
