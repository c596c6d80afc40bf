import type { OriginState } from "../browser/moving-in-schema.ts";

type Origin = {
  liveVersionId: string | null;
  originEndpointId: string | null;
  originEndedAt: Date | string | null;
};

/** The customer's present endpoint is known and was not switched off: requests can go there. */
export const hasOrigin = ({ originEndpointId, originEndedAt }: Omit<Origin, "liveVersionId">): boolean =>
  originEndpointId !== null && originEndedAt === null;

/** Its origin is what answers: nothing else is live. */
export const isAtOrigin = (route: Origin): boolean => route.liveVersionId === null && hasOrigin(route);

export type OriginFacts = {
  liveVersionId: string | null;
  originUntil: Date | null;
  originEndedAt: Date | null;
  /** A cutover to the pool is under way. */
  isMoving: boolean;
};

/** How far an adapter with an origin has come on its way into the pool. */
export function originState(facts: OriginFacts, now: Date): OriginState {
  const { liveVersionId, originUntil, originEndedAt, isMoving } = facts;
  if (originEndedAt !== null) return "ended";
  if (liveVersionId === null) return isMoving ? "moving" : "at_origin";
  return originUntil !== null && originUntil <= now ? "may_end" : "in_pool";
}

export type DeclaredOrigin = {
  endpointId: string;
  state: OriginState;
  gpus: number | null;
  costPerMonth: number | null;
};

/** What some endpoints take their owners, as far as those said. */
export type DeclaredSum = {
  endpoints: number;
  gpus: number;
  costPerMonth: number;
  /** How many of the endpoints do not say. */
  withoutGpus: number;
  withoutCost: number;
};

/** Least advanced first: an endpoint that still serves one adapter frees nothing, whatever became of the others. */
const ORDER: readonly OriginState[] = ["at_origin", "moving", "in_pool", "may_end", "ended"];

/**
 * What is still paid for, what may be switched off, and what was. Each endpoint counts once, by the adapter that needs it
 * most.
 */
export function sumOrigins(origins: readonly DeclaredOrigin[]): {
  kept: DeclaredSum;
  mayEnd: DeclaredSum;
  freed: DeclaredSum;
} {
  const byEndpoint = new Map<string, DeclaredOrigin>();
  for (const origin of origins) {
    const known = byEndpoint.get(origin.endpointId);
    if (!known || ORDER.indexOf(origin.state) < ORDER.indexOf(known.state)) byEndpoint.set(origin.endpointId, origin);
  }
  const endpoints = [...byEndpoint.values()];
  const sumOf = (...states: OriginState[]) => declared(endpoints.filter(({ state }) => states.includes(state)));
  return { kept: sumOf("at_origin", "moving", "in_pool"), mayEnd: sumOf("may_end"), freed: sumOf("ended") };
}

function declared(endpoints: readonly DeclaredOrigin[]): DeclaredSum {
  const total = (values: readonly (number | null)[]) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const unknown = (values: readonly (number | null)[]) => values.filter((value) => value === null).length;
  const gpus = endpoints.map((endpoint) => endpoint.gpus);
  const costs = endpoints.map((endpoint) => endpoint.costPerMonth);
  return {
    endpoints: endpoints.length,
    gpus: total(gpus),
    costPerMonth: total(costs),
    withoutGpus: unknown(gpus),
    withoutCost: unknown(costs),
  };
}
