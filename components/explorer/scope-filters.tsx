"use client";

import { ScopeSelect } from "#components/ui/scope-select.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { View } from "./use-view.ts";

const LIMIT = 200;

/** Whose figures the charts show: a pool's, a node's, a tenant's, or everyone's. */
export function ScopeFilters({ view }: { view: View }) {
  const { pool, node, tenant } = view.scope;
  const pools = useApi("GET /pools", { query: { limit: LIMIT } }).data?.items ?? [];
  const nodes = useApi("GET /nodes", { query: { poolId: pool || undefined, limit: LIMIT } }).data?.items ?? [];
  const tenants = useApi("GET /tenants", { query: { limit: LIMIT } }).data?.items ?? [];
  return (
    <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
      <ScopeSelect
        label="Pool"
        all="All pools"
        value={pool}
        items={pools}
        onChange={(id) => view.setScope({ pool: id })}
      />
      <ScopeSelect
        label="Node"
        all="All nodes"
        value={node}
        items={nodes}
        onChange={(id) => view.setScope({ node: id })}
      />
      <ScopeSelect
        label="Tenant"
        all="All tenants"
        value={tenant}
        items={tenants}
        onChange={(id) => view.setScope({ tenant: id })}
      />
    </div>
  );
}
