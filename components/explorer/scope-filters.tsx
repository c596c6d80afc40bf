"use client";

import { Select } from "#components/ui/input.tsx";
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
      <Filter label="Pool" all="All pools" value={pool} items={pools} onChange={(id) => view.setScope({ pool: id })} />
      <Filter label="Node" all="All nodes" value={node} items={nodes} onChange={(id) => view.setScope({ node: id })} />
      <Filter
        label="Tenant"
        all="All tenants"
        value={tenant}
        items={tenants}
        onChange={(id) => view.setScope({ tenant: id })}
      />
    </div>
  );
}

/** One select; it holds what the URL names even before its list has come, or when the list is too long to hold it. */
function Filter({
  label,
  all,
  value,
  items,
  onChange,
}: {
  label: string;
  all: string;
  value: string;
  items: readonly { id: string; name: string }[];
  onChange: (id: string) => void;
}) {
  const isListed = value === "" || items.some(({ id }) => id === value);
  const options = items.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      aria-label={label}
      value={value}
      placeholder={all}
      options={isListed ? options : [...options, { value, label: value }]}
      onChange={(event) => onChange(event.target.value)}
      className="min-w-28 max-sm:flex-1 sm:w-44"
    />
  );
}
