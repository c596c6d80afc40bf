import type { Client } from "#lib/api/client.ts";

/** What 95 of 100 replies take at most, end to end: wide enough that a laptop keeps it. */
const POOL_MS = 2_000;
const TENANTS = [
  { slug: "northwind", target: 1_500, visibility: "customer" },
  { slug: "harborline", target: 1_200, visibility: "staff" },
] as const;

/** Promises a p95 for the pool and for two of its busiest tenants; one that was set or dismissed meanwhile stays. */
export async function ensureObjectives(client: Client, poolId: string, signal: AbortSignal): Promise<void> {
  const { items: objectives } = await client.call("GET /objectives", { query: { limit: 200 }, signal });
  const { items: tenants } = await client.call("GET /tenants", { query: { limit: 200 }, signal });
  const wanted = TENANTS.flatMap(({ slug, ...promise }) => {
    const tenantId = tenants.find((tenant) => tenant.slug === slug)?.id;
    return tenantId === undefined ? [] : { tenantId, ...promise };
  });
  const common = { kind: "latency_p95", windowDays: 7 } as const;
  for (const promise of [{ poolId, target: POOL_MS, visibility: "staff" as const }, ...wanted]) {
    const scopeId = "poolId" in promise ? promise.poolId : promise.tenantId;
    if (objectives.some(({ kind, scope }) => kind === common.kind && scope.id === scopeId)) continue;
    await client.call("POST /objectives", { body: { ...common, ...promise }, signal });
  }
}
