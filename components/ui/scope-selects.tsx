"use client";

import { Select } from "./input.tsx";
import { useApi } from "./use-api.ts";

const LIMIT = 200;

/** Ids; empty = all of them. */
export type ChosenScope = { pool: string; node: string; tenant: string };

/** A pool, a node of it, and a tenant, by name. What clears what is whoever holds the choice's to say. */
export function ScopeSelects({
  scope: { pool, node, tenant },
  onChange,
}: {
  scope: ChosenScope;
  onChange: (change: Partial<ChosenScope>) => void;
}) {
  const pools = useApi("GET /pools", { query: { limit: LIMIT } }).data?.items ?? [];
  const nodes = useApi("GET /nodes", { query: { poolId: pool || undefined, limit: LIMIT } }).data?.items ?? [];
  const tenants = useApi("GET /tenants", { query: { limit: LIMIT } }).data?.items ?? [];
  return (
    <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
      <ScopeSelect label="Pool" all="All pools" value={pool} items={pools} onChange={(id) => onChange({ pool: id })} />
      <ScopeSelect label="Node" all="All nodes" value={node} items={nodes} onChange={(id) => onChange({ node: id })} />
      <ScopeSelect
        label="Tenant"
        all="All tenants"
        value={tenant}
        items={tenants}
        onChange={(id) => onChange({ tenant: id })}
      />
    </div>
  );
}

/** One select; it holds what the URL names even before its list has come, or when the list is too long to hold it. */
function ScopeSelect({
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
