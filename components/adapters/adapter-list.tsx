"use client";

import { parseAsString, useQueryState } from "nuqs";
import type { Adapter } from "#lib/registry/schema.ts";
import { LinkButton } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Input } from "../ui/input.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";

const COLUMNS: readonly Column<Adapter>[] = [
  { id: "name", header: "Adapter", cell: (row) => row.name, width: "w-56" },
  {
    id: "slug",
    header: "Model name",
    cell: (row) => <code className="font-mono text-xs">{row.slug}</code>,
    hideBelow: "sm",
  },
  { id: "tenant", header: "Tenant", cell: (row) => row.tenantName, truncate: true, width: "w-full" },
  {
    id: "live",
    header: "Live",
    cell: (row) => (row.route.liveVersionNumber ? `v${row.route.liveVersionNumber}` : "–"),
  },
  {
    id: "since",
    header: "Live since",
    hideBelow: "md",
    cell: (row) => (row.route.liveSince ? <Time at={row.route.liveSince} /> : "–"),
  },
  { id: "versions", header: "Versions", align: "end", hideBelow: "sm", cell: (row) => row.versionCount },
];

/** Every adapter of every tenant. */
export function AdapterList() {
  const [q, setQ] = useQueryState("q", parseAsString.withDefault("").withOptions({ throttleMs: 300 }));
  const list = useApiList("GET /adapters", { query: { q: q || undefined } }, { refreshMs: 10_000 });
  return (
    <>
      <PageHeader title="Adapters" />
      <Input
        type="search"
        aria-label="Search adapters"
        placeholder="Search by name or slug"
        defaultValue={q}
        onChange={(event) => void setQ(event.target.value.trim() || null)}
        className="max-w-80"
      />
      <DataTable
        label="Adapters"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `/adapters/${row.id}`}
        expectedRows={16}
        empty={
          q ? (
            <EmptyState title={`No adapter matches “${q}”`}>Search by name or slug.</EmptyState>
          ) : (
            <EmptyState title="No adapters yet" action={<LinkButton href="/tenants">Open tenants</LinkButton>}>
              An adapter belongs to a tenant. Open the tenant, then add its adapter.
            </EmptyState>
          )
        }
      />
    </>
  );
}
