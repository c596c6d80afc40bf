"use client";

import { type ReactNode, useMemo, useState } from "react";
import type { Adapter } from "#lib/registry/schema.ts";
import { useStale } from "../../ui/as-of.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatCount } from "../../ui/format.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { useReader } from "../../ui/reader.tsx";
import { useApi, useApiList } from "../../ui/use-api.ts";
import { type Selection, useSelection } from "../../ui/use-selection.ts";
import { adapterColumns } from "./adapter-columns.tsx";
import { AdapterFilters } from "./adapter-filters.tsx";
import {
  type AdapterFilter,
  filterOf,
  isFiltered,
  NO_FILTER,
  sortOf,
  tableSort,
  useAdapterView,
} from "./adapter-view.ts";

const REFRESH_MS = 10_000;
/** A page fills the screen three times over; with 10,000 adapters nobody pages through, they narrow. */
const PAGE = 50;

/** What an action on many works on: the chosen rows, or everything the filter matches, also what is not on the screen. */
export type AdapterScope = { filter: AdapterFilter; selection: Selection };

/** Every adapter of every tenant, searched, narrowed and ordered by the server. */
export function AdapterList({ bulk }: { bulk?: (scope: AdapterScope) => ReactNode }) {
  const [view, setView] = useAdapterView();
  const { locale } = useReader();
  const readPools = useApi("GET /pools", { query: { limit: 200 } });
  const pools = readPools.data?.items;
  const filter = filterOf(view);
  const selection = useSelection(JSON.stringify(filter));
  const list = useApiList(
    "GET /adapters",
    { query: { ...filter, limit: PAGE, ...(view.sort ? { sort: view.sort } : {}) } },
    { refreshMs: REFRESH_MS },
  );
  const stale = useStale(list.readAt, REFRESH_MS);
  const columns = useMemo(
    () => adapterColumns(new Map(pools?.map((pool) => [pool.id, pool])), pools?.length === 1 || view.pool !== ""),
    [pools, view.pool],
  );
  const total = list.firstPage?.total ?? null;
  const [cleared, setCleared] = useState(0);
  const clear = () => {
    void setView(NO_FILTER);
    setCleared(cleared + 1);
  };
  return (
    <>
      <PageHeader title="Adapters" />
      <AdapterFilters
        view={view}
        pools={pools ?? []}
        onChange={(change) => void setView(change)}
        onClear={clear}
        cleared={cleared}
        count={total !== null && <Matches total={total} isAll={!isFiltered(view)} locale={locale} />}
      />
      <DataTable
        label="Adapters"
        columns={columns}
        {...list.table}
        rows={readPools.isPending ? undefined : list.table.rows}
        total={total}
        stale={stale}
        sort={tableSort(view.sort)}
        onSort={(sort) => void setView({ sort: sortOf(sort) })}
        rowKey={(row) => row.id}
        rowHref={(row) => `/adapters/${row.id}`}
        expectedRows={16}
        select={bulk && { selection, nameOf, actions: bulk({ filter, selection }) }}
        empty={isFiltered(view) ? <NoMatch onClear={clear} /> : <NoAdapters />}
      />
    </>
  );
}

const nameOf = ({ tenantName, name }: Adapter): string => `${name} of ${tenantName}`;

function Matches({ total, isAll, locale }: { total: number; isAll: boolean; locale: string }) {
  const noun = total === 1 ? "adapter" : "adapters";
  const verb = total === 1 ? "matches" : "match";
  return (
    <span role="status">
      {formatCount(total, locale)} {isAll ? noun : verb}
    </span>
  );
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState title="No adapter matches" action={<Button onClick={onClear}>Clear filters</Button>}>
      Search matches names, tenants, and the start of a LoRA name, digest or id.
    </EmptyState>
  );
}

function NoAdapters() {
  return (
    <EmptyState title="No adapters yet" action={<LinkButton href="/tenants">Open tenants</LinkButton>}>
      An adapter belongs to a tenant. Open the tenant, then add its adapter.
    </EmptyState>
  );
}
