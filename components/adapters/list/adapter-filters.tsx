"use client";

import type { ReactNode } from "react";
import type { Pool } from "#lib/pools/schema.ts";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/input.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { STATUS } from "../../ui/status-words.ts";
import { useApi, useEvery } from "../../ui/use-api.ts";
import { type AdapterView, isFiltered, VERSION_STATUSES } from "./adapter-view.ts";

type Option = { value: string; label: string };
const STATUS_OPTIONS = VERSION_STATUSES.map((status) => ({ value: status, label: STATUS.version[status][1] }));
/** Ranks that adapters are trained at, besides those of the pools. */
const USUAL_RANKS = [8, 16, 32, 64, 128, 256];

type Change = (change: Partial<AdapterView>) => void;

/** Text, tenant, pool, status and rank; what is set can be taken back at once. */
export function AdapterFilters({
  view,
  pools,
  onChange,
  onClear,
  cleared,
  count,
}: {
  view: AdapterView;
  pools: readonly Pool[];
  onChange: Change;
  onClear: () => void;
  /** How often it was cleared: a new key empties the text field, which keeps its own text. */
  cleared: number;
  /** How many match. */
  count: ReactNode;
}) {
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchBox
        key={cleared}
        aria-label="Search adapters"
        placeholder="Name, tenant, lora name, digest"
        query={view.q}
        onSearch={(q) => onChange({ q })}
        className="w-56 max-sm:w-full"
      />
      <TenantSelect chosen={view.tenant} onChange={onChange} />
      <Select
        aria-label="Pool"
        value={view.pool}
        onChange={(event) => onChange({ pool: event.target.value })}
        placeholder="All pools"
        options={withChosen(
          pools.map(({ id, name }) => ({ value: id, label: name })),
          view.pool,
        )}
        className="w-40"
      />
      <Select
        aria-label="Status"
        value={view.status ?? ""}
        onChange={({ target }) => onChange({ status: VERSION_STATUSES.find((each) => each === target.value) ?? null })}
        placeholder="Any status"
        options={STATUS_OPTIONS}
        className="w-32"
      />
      <RankSelect chosen={view.rank} pools={pools} onChange={onChange} />
      {isFiltered(view) && (
        <Button variant="ghost" onClick={onClear}>
          Clear
        </Button>
      )}
      {count && <span className="ms-auto text-sm text-fg-2">{count}</span>}
    </search>
  );
}

function RankSelect({ chosen, pools, onChange }: { chosen: number | null; pools: readonly Pool[]; onChange: Change }) {
  const ranks = [...new Set([...USUAL_RANKS, ...pools.map(({ maxLoraRank }) => maxLoraRank), chosen ?? 8])];
  return (
    <Select
      aria-label="Rank"
      value={chosen === null ? "" : String(chosen)}
      onChange={({ target }) => onChange({ rank: target.value === "" ? null : Number(target.value) })}
      placeholder="Any rank"
      options={ranks.sort((a, b) => a - b).map((rank) => ({ value: String(rank), label: `Rank ${rank}` }))}
      className="w-28"
    />
  );
}

function TenantSelect({ chosen, onChange }: { chosen: string; onChange: Change }) {
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  const isListed = chosen === "" || tenants.some(({ id }) => id === chosen);
  const one = useApi(
    "GET /tenants/{tenantId}",
    { params: { tenantId: chosen } },
    { enabled: !isListed && tenants.length > 0 },
  ).data;
  const options = tenants
    .map(({ id, name }) => ({ value: id, label: name }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  return (
    <Select
      aria-label="Tenant"
      value={chosen}
      onChange={(event) => onChange({ tenant: event.target.value })}
      placeholder="All tenants"
      options={withChosen(options, chosen, one?.id === chosen ? one.name : undefined)}
      className="w-40"
    />
  );
}

/** A select always holds what the URL names, even before the list has come or when it is too long. */
const withChosen = (options: Option[], chosen: string, label = chosen): Option[] =>
  chosen === "" || options.some(({ value }) => value === chosen) ? options : [...options, { value: chosen, label }];
