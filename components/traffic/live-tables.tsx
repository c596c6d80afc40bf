"use client";

import type { TenantTraffic, Traffic } from "#lib/requests/browser/traffic-schema.ts";
import { Select } from "../ui/input.tsx";
import { SearchInput } from "../ui/search-input.tsx";
import { Segments } from "../ui/segments.tsx";
import { NODE_SORTS, NodeTrafficTable } from "./node-traffic.tsx";
import { TENANT_SORTS, TenantTable } from "./tenant-traffic.tsx";
import { ONLY, type Only } from "./traffic-sentence.ts";
import { sortOf, sortText } from "./use-steady-rows.ts";
import { useTrafficView } from "./use-traffic-view.ts";

const BY_OPTIONS = [
  { key: "tenant", label: "By tenant" },
  { key: "node", label: "By node" },
] as const;

const ONLY_WORDS: Record<Only, string> = {
  fallback: "On fallback",
  waiting: "Waiting",
  shed: "Shed in 5 min",
};
const ONLY_OPTIONS = ONLY.map((only) => ({ value: only, label: ONLY_WORDS[only] }));

const MATCHES: Record<Only, (row: TenantTraffic) => boolean> = {
  fallback: (row) => row.onFallback !== null,
  waiting: (row) => (row.queued.value ?? 0) > 0,
  shed: (row) => (row.shed.value ?? 0) > 0,
};

/** The same traffic seen by tenant or by node, narrowed by text or by what is wrong. */
export function LiveTables({
  traffic,
  isStale,
  onWhy,
}: {
  traffic: Traffic;
  isStale: boolean;
  onWhy: (row: TenantTraffic) => void;
}) {
  const [view, setView] = useTrafficView();
  const text = view.q.toLowerCase();
  const { only } = view;
  const tenants = traffic.tenants.filter(
    (row) =>
      (row.name.toLowerCase().includes(text) || row.slug.includes(text)) && (only === null || MATCHES[only](row)),
  );
  const nodes = traffic.nodes.filter((row) => row.name.toLowerCase().includes(text));
  return (
    <section aria-label="Live traffic" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label="Seen by"
          options={BY_OPTIONS}
          value={view.by}
          onChange={(by) => void setView({ by, sort: null })}
        />
        <SearchInput
          aria-label={view.by === "tenant" ? "Search tenants" : "Search nodes"}
          placeholder="Search by name"
          query={view.q}
          onSearch={(text) => void setView({ q: text || null })}
          className="w-52"
        />
        {view.by === "tenant" && <OnlyFilter value={only} onChange={(next) => void setView({ only: next })} />}
      </div>
      {view.by === "tenant" ? (
        <TenantTable
          rows={tenants}
          isNarrowed={(text !== "" || only !== null) && traffic.tenants.length > 0}
          stale={isStale}
          sort={sortOf(view.sort, TENANT_SORTS)}
          onSort={(sort) => void setView({ sort: sortText(sort) })}
          onWhy={onWhy}
        />
      ) : (
        <NodeTrafficTable
          rows={nodes}
          isNarrowed={text !== "" && traffic.nodes.length > 0}
          stale={isStale}
          sort={sortOf(view.sort, NODE_SORTS)}
          onSort={(sort) => void setView({ sort: sortText(sort) })}
        />
      )}
    </section>
  );
}

function OnlyFilter({ value, onChange }: { value: Only | null; onChange: (only: Only | null) => void }) {
  return (
    <Select
      aria-label="Show only"
      value={value ?? ""}
      placeholder="All tenants"
      options={ONLY_OPTIONS}
      onChange={(event) => onChange(ONLY.find((only) => only === event.target.value) ?? null)}
      className="w-40"
    />
  );
}
