"use client";

import type { Version } from "#lib/registry/schema.ts";
import { TextLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FigureView } from "../ui/figure.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";

const COLUMNS: readonly Column<Version>[] = [
  { id: "number", header: "Version", cell: (row) => `v${row.number}`, width: "w-20" },
  {
    id: "state",
    header: "State",
    cell: (row) => <Status of="version" is={row.status} />,
    width: "w-36",
  },
  { id: "model", header: "Model", cell: (row) => row.adapterSlug, hideBelow: "sm" },
  {
    id: "size",
    header: "Size",
    align: "end",
    hideBelow: "sm",
    cell: (row) => (
      <FigureView
        mark="none"
        figure={{
          value: row.sizeBytes,
          unit: "bytes",
          source: "measured",
          simulated: false,
          asOf: row.createdAt,
          coverage: null,
        }}
      />
    ),
  },
  {
    id: "digest",
    header: "Digest",
    hideBelow: "md",
    cell: (row) => (row.digest ? <CopyId id={row.digest} label="digest" /> : "–"),
  },
  {
    id: "report",
    header: "Test report",
    cell: (row) =>
      row.state === "ready" ? <TextLink href={`/portal/versions/${row.id}/report`}>Open report</TextLink> : "–",
    width: "w-28",
  },
  { id: "created", header: "Added", hideBelow: "sm", cell: (row) => <Time at={row.createdAt} /> },
];

/** The customer's own versions, newest first. */
export function PortalVersions() {
  const list = useApiList("GET /versions", { query: {} }, { refreshMs: 10_000 });
  return (
    <>
      <PageHeader title="Versions" />
      <DataTable
        label="Versions"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        empty={<EmptyState title="No version yet">Each delivered version of your model is listed here.</EmptyState>}
      />
    </>
  );
}
