import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getNode } from "../node-store.ts";
import { routableNodes } from "../routable-nodes.ts";
import type { ControlOrder } from "./control-order.ts";
import { type ControlRecord, controlInForce, tenantUnderControl } from "./control-store.ts";
import { type ControlRefusal, judgeTenantControl, type TenantAnswers } from "./judge-control.ts";
import { clockTime } from "./view-control.ts";

/**
 * Why a control cannot be set now; [] = it can.
 * @throws AppError `not_found`
 */
export async function controlRefusals(ctx: Ctx, order: ControlOrder): Promise<ControlRefusal[]> {
  const found = await refusalOf(ctx, order);
  const same = await controlInForce(ctx.tx, order, ctx.clock.now());
  return [same && inForceAlready(same), found].filter((refusal) => refusal !== null);
}

const inForceAlready = ({ id, expiresAt, startedBy, reason }: ControlRecord): ControlRefusal => ({
  reason: "already_in_force",
  message: `This is in force already, until ${clockTime(expiresAt)}: ${startedBy} set it (${reason}).`,
  fix: `Extend that one, or end it first (${id}).`,
});

async function refusalOf(ctx: Ctx, order: ControlOrder): Promise<ControlRefusal | null> {
  switch (order.type) {
    case "everything":
      return null;
    case "node":
      if ((await getNode(ctx.tx, order.nodeId)) === null) throw notFound("node");
      return null;
    case "tenant":
      return judgeTenantControl(order.kind, await tenantAnswers(ctx, order.tenantId));
  }
}

async function tenantAnswers(ctx: Ctx, tenantId: string): Promise<TenantAnswers> {
  const tenant = await tenantUnderControl(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  const adapters: TenantAnswers["adapters"][number][] = [];
  for (const { slug, pool, route } of tenant.adapters) {
    if (!route?.liveVersionId) continue;
    const { previousVersionId } = route;
    adapters.push({
      slug,
      previousNodes: previousVersionId === null ? null : await countServing(ctx, previousVersionId),
      poolAllowsBase: pool.fallback !== "reject",
      hasProvider: (tenant.hostedEndpointId ?? pool.hostedEndpointId) !== null,
    });
  }
  return { name: tenant.name, status: tenant.status, fallback: tenant.fallback, adapters };
}

const countServing = async (ctx: Ctx, versionId: string): Promise<number> =>
  (await routableNodes(ctx.tx, versionId)).filter(({ standalone }) => !standalone).length;
