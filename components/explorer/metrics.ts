import type { ChartMetric, ChartPart } from "#lib/telemetry/schema.ts";

/** Where one looks: a tenant's requests, or those of all of a pool or node. They exclude each other. */
export type Scope = { pool: string; node: string; tenant: string };

export const LOADS = ["running", "queue", "kv-cache", "batch-adapters"] as const satisfies ChartMetric[];
export type Load = (typeof LOADS)[number];

export type ChartGroup = { id: string; title: string; metrics: readonly ChartMetric[] };

/** By what a view can be split: engines know pools and nodes, the gateway's record tenants and adapters as well. */
export const partsOf = ({ tenant, node }: Scope): readonly ChartPart[] => {
  if (tenant !== "") return ["adapter", "node"];
  return node === "" ? ["pool", "node", "tenant", "adapter"] : ["tenant", "adapter"];
};

/**
 * Which charts stand, in the order they are read; never more than six, for each costs a read every ten seconds. Engines
 * do not tell tenants apart, so a tenant's charts, and those by tenant or adapter, come from the gateway's record alone.
 */
export function chartGroups(scope: Scope, load: Load, by: ChartPart | null = null): ChartGroup[] {
  if (scope.tenant !== "" || by === "tenant" || by === "adapter")
    return [
      {
        id: "requests",
        title: "Requests",
        metrics: ["latency", "requests", "fallback-share", "ttft", "throughput", "errors"],
      },
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
