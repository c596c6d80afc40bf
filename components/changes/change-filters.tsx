"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { Select } from "#components/ui/input.tsx";
import { ScopeSelect } from "#components/ui/scope-select.tsx";
import { Time, useZone } from "#components/ui/time.tsx";
import { TypedRangeDialog } from "#components/ui/typed-range-dialog.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { useHydrated, useNow } from "#components/ui/use-now.ts";
import { GROUP_OPTIONS, GROUPS } from "./change-words.ts";

/** What the page is narrowed to; null = not. */
export type ChangesView = {
  group: (typeof GROUPS)[number] | null;
  pool: string | null;
  node: string | null;
  tenant: string | null;
  from: Date | null;
  to: Date | null;
};

type FiltersProps = {
  view: ChangesView;
  onChange: (change: Partial<ChangesView>) => void;
  /** null = nothing is narrowed. */
  onClear: (() => void) | null;
};

const LIMIT = 200;

/** Kind, place, customer and time, as the API takes them; what is set can be taken back at once. */
export function ChangeFilters({ view, onChange, onClear }: FiltersProps) {
  const pools = useApi("GET /pools", { query: { limit: LIMIT } }).data?.items ?? [];
  const nodes = useApi("GET /nodes", { query: { poolId: view.pool ?? undefined, limit: LIMIT } }).data?.items ?? [];
  const tenants = useApi("GET /tenants", { query: { limit: LIMIT } }).data?.items ?? [];
  return (
    <search aria-label="Changes" className="flex flex-wrap items-center gap-2">
      <Select
        aria-label="Kind"
        value={view.group ?? ""}
        onChange={(event) => onChange({ group: GROUPS.find((group) => group === event.target.value) ?? null })}
        placeholder="Everything"
        options={GROUP_OPTIONS}
        className="w-52 max-sm:w-full"
      />
      <ScopeSelect
        label="Pool"
        all="All pools"
        value={view.pool ?? ""}
        items={pools}
        // a node of another pool would leave nothing
        onChange={(id) => onChange({ pool: id || null, node: null })}
      />
      <ScopeSelect
        label="Node"
        all="All nodes"
        value={view.node ?? ""}
        items={nodes}
        onChange={(id) => onChange({ node: id || null })}
      />
      <ScopeSelect
        label="Tenant"
        all="All tenants"
        value={view.tenant ?? ""}
        items={tenants}
        onChange={(id) => onChange({ tenant: id || null })}
      />
      <WhenFilter view={view} onChange={onChange} />
      {onClear && (
        <Button size="sm" variant="ghost" onClick={onClear}>
          Show all
        </Button>
      )}
    </search>
  );
}

/** From when to when; a chart's link comes with an end only. */
function WhenFilter({ view: { from, to }, onChange }: Pick<FiltersProps, "view" | "onChange">) {
  const [isTyping, setTyping] = useState(false);
  const zone = useZone();
  const now = useNow(60_000);
  const isHydrated = useHydrated();
  const words = (at: Date) => formatAbsolute(at.getTime(), now, zone);
  const fixed = from && to ? { from, to } : null;
  return (
    <>
      <Button onClick={() => setTyping(true)}>
        {fixed === null || !isHydrated ? "Choose range" : `${words(fixed.from)} to ${words(fixed.to)}`}
      </Button>
      {to !== null && from === null && (
        <span className="text-sm text-fg-2">
          Before <Time at={to.toISOString()} as="absolute" />
        </span>
      )}
      {isTyping && (
        <TypedRangeDialog
          fixed={fixed ?? (to && { from: new Date(to.getTime() - 3_600_000), to })}
          onClose={() => setTyping(false)}
          onRange={(range) => {
            onChange(range);
            setTyping(false);
          }}
        />
      )}
    </>
  );
}
