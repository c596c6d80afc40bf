import type { PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type MovingIn, type MovingInPage, ORIGIN_STATES, type OriginState } from "../browser/moving-in-schema.ts";
import { allOriginRoutes, listOriginRoutes, type OriginRoute } from "./moving-in-store.ts";
import { originState, sumOrigins } from "./origin-state.ts";

type Query = PageQuery & { tenantId?: string | undefined; adapterId?: string | undefined };

/** A page of the adapters that start, or started, at their customer's endpoint, and the sums over all that match. */
export async function listMovingIn(ctx: Ctx, query: Query): Promise<MovingInPage> {
  const now = ctx.clock.now();
  const page = await listOriginRoutes(ctx.tx, query);
  const all = (await allOriginRoutes(ctx.tx, query)).map((route) => ({
    endpointId: route.endpoint.id,
    state: stateOf(route, now),
    gpus: route.endpoint.gpus,
    costPerMonth: route.endpoint.costPerMonth,
  }));
  return {
    items: page.items.map((route) => toMovingIn(route, now)),
    nextCursor: page.nextCursor,
    states: ORIGIN_STATES.map((state) => ({ state, count: all.filter((one) => one.state === state).length })),
    ...sumOrigins(all),
  };
}

const stateOf = (route: OriginRoute, now: Date): OriginState =>
  originState({ ...route, isMoving: route.cutoverId !== null }, now);

function toMovingIn(route: OriginRoute, now: Date): MovingIn {
  const { endpoint, liveSince, originUntil, originEndedAt, id, liveVersionId, ...rest } = route;
  const state = stateOf(route, now);
  return {
    ...rest,
    endpointId: endpoint.id,
    endpointName: endpoint.name,
    gpus: endpoint.gpus,
    costPerMonth: endpoint.costPerMonth,
    state,
    sentence: sentenceOf(state, route),
    liveSince: liveSince?.toISOString() ?? null,
    originUntil: originUntil?.toISOString() ?? null,
    originEndedAt: originEndedAt?.toISOString() ?? null,
  };
}

const dayOf = (date: Date | null): string => date?.toISOString().slice(0, 10) ?? "an unknown day";

function sentenceOf(state: OriginState, route: OriginRoute): string {
  const { name } = route.endpoint;
  switch (state) {
    case "at_origin":
      return `Requests go to ${name}.`;
    case "moving":
      return `Requests go to ${name} until the cutover is done.`;
    case "in_pool":
      return `Served by the pool; ${name} is kept as the way back until ${dayOf(route.originUntil)}.`;
    case "may_end":
      return `Served by the pool; ${name} may be switched off since ${dayOf(route.originUntil)}.`;
    case "ended":
      return `Served by the pool; ${name} was switched off on ${dayOf(route.originEndedAt)}.`;
  }
}
