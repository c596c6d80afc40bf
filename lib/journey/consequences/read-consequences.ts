import { DRAIN_SECONDS } from "#lib/fleet/browser/control-kinds.ts";
import { type ControlOrder, controlOrder } from "#lib/fleet/controls/control-order.ts";
import { controlRefusals } from "#lib/fleet/controls/control-refusals.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { AskConsequences, ConsequenceAction, Consequences } from "../browser/consequences-schema.ts";
import {
  listServices,
  nodesOfPools,
  poolOfNode,
  readLoads,
  readUnderWay,
  takesRequests,
  tenantInPools,
} from "./consequence-store.ts";
import { freezeConsequences } from "./freeze-consequences.ts";
import { type Effects, type NodeFacts, putBackConsequences, takeOutConsequences } from "./node-consequences.ts";
import { tenantConsequences } from "./tenant-consequences.ts";

/**
 * What an action would do if it were done now. Every dialog of weight shows it before its button.
 * @throws AppError `not_found`, or `invalid` naming tenantId or nodeId
 */
export async function readConsequences(ctx: Ctx, ask: AskConsequences): Promise<Consequences> {
  const order = controlOrder(ask.action === "uncordon" ? "cordon" : ask.action, ask);
  const { simulated, ...effects } = await readEffects(ctx, ask, order);
  const { requests, ...rest } = effects;
  return {
    action: ask.action,
    ...rest,
    requestsLastHour: {
      value: requests,
      unit: "requests",
      source: "measured",
      simulated,
      asOf: ctx.clock.now().toISOString(),
      coverage: null,
    },
    blockers: ask.action === "uncordon" ? [] : await controlRefusals(ctx, order),
  };
}

type ReadEffects = Effects & { simulated: boolean };

async function readEffects(ctx: Ctx, ask: AskConsequences, order: ControlOrder): Promise<ReadEffects> {
  switch (order.type) {
    case "everything":
      return { ...freezeConsequences(await readUnderWay(ctx.tx)), simulated: false };
    case "node":
      return ofNode(ctx, ask.action, order.nodeId, ask.deadlineSeconds ?? DRAIN_SECONDS);
    case "tenant":
      return ofTenant(ctx, order);
  }
}

async function ofNode(ctx: Ctx, action: ConsequenceAction, nodeId: string, drainSeconds: number): Promise<ReadEffects> {
  const poolId = await poolOfNode(ctx.tx, nodeId);
  if (poolId === null) throw notFound("node");
  const nodes = await nodesOfPools(ctx.tx, [poolId]);
  const node = nodes.find(({ id }) => id === nodeId);
  if (!node) throw notFound("node");
  const others = nodes.filter((other) => other.id !== nodeId && takesRequests(other));
  const nodeIds = [...others, node].map(({ id }) => id);
  const { loads, simulated } = await readLoads(ctx.tx, { nodeIds }, ctx.clock.now());
  const services = await listServices(ctx.tx, { poolId }, nodeIds);
  const facts: NodeFacts = { node, others, services, loads, now: ctx.clock.now() };
  const effects =
    action === "uncordon"
      ? putBackConsequences(facts)
      : takeOutConsequences(facts, action === "drain" ? drainSeconds : null);
  return { ...effects, simulated: simulated || node.simulated };
}

async function ofTenant(ctx: Ctx, order: Extract<ControlOrder, { type: "tenant" }>): Promise<ReadEffects> {
  const tenant = await tenantInPools(ctx.tx, order.tenantId);
  if (tenant === null) throw notFound("tenant");
  const { loads, simulated } = await readLoads(ctx.tx, { tenantId: tenant.id }, ctx.clock.now());
  const nodes = (await nodesOfPools(ctx.tx, tenant.poolIds)).filter(takesRequests);
  const serving = nodes.map(({ id }) => id);
  const services = await listServices(ctx.tx, { tenantId: tenant.id }, serving);
  const effects = tenantConsequences(order.kind, {
    tenant,
    services,
    nodes: new Map(nodes.map((node) => [node.id, node])),
    loads,
  });
  return { ...effects, simulated: simulated || nodes.some((node) => node.simulated) };
}
