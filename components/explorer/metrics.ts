import type { ChartMetric } from "#lib/telemetry/schema.ts";

/** Where one looks: a tenant's requests, or those of all of a pool or node. They exclude each other. */
export type Scope = { pool: string; node: string; tenant: string };

export const LOADS = ["running", "queue"] as const;
export type Load = (typeof LOADS)[number];

export type ChartGroup = { id: string; title: string; metrics: readonly ChartMetric[] };

/**
 * Which charts stand, in the order they are read; never more than six, for each costs a read every ten seconds. Engines
 * do not tell tenants apart, so a tenant's charts come from the gateway's record alone.
 */
export function chartGroups(scope: Scope, load: Load): ChartGroup[] {
  if (scope.tenant !== "")
    return [
      { id: "requests", title: "Requests", metrics: ["latency", "requests", "fallback-share", "ttft", "errors"] },
    ];
  return [
    { id: "requests", title: "Requests", metrics: ["latency", "requests", "fallback-share"] },
    { id: "nodes", title: "Nodes", metrics: ["evictions", "swap-source", load] },
  ];
}

/** The API's words for a scope. */
export const queryOf = ({ pool, node, tenant }: Scope): { poolId?: string; nodeId?: string; tenantId?: string } => {
  if (tenant !== "") return { tenantId: tenant };
  if (node !== "") return { nodeId: node };
  return pool === "" ? {} : { poolId: pool };
};
