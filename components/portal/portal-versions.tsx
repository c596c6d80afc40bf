"use client";

import type { Version } from "#lib/registry/schema.ts";
import { TextLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Status } from "../ui/status.tsx";
import type { AnyStatus } from "../ui/status-words.ts";
import { Time } from "../ui/time.tsx";
import { useApi, useApiList } from "../ui/use-api.ts";
import { standingOf } from "./version-standing.ts";

/** A version, and how it stands to its customer. */
type Row = Version & { standing: AnyStatus };

const COLUMNS: readonly Column<Row>[] = [
  { id: "number", header: "Version", cell: (row) => `v${row.number}`, width: "w-20" },
  {
    id: "state",
    header: "State",
    cell: (row) => <Status {...row.standing} />,
    width: "w-40",
  },
  { id: "model", header: "Model", cell: (row) => row.adapterSlug, hideBelow: "sm" },
  {
    id: "size",
    header: "Size",
    align: "end",
    hideBelow: "sm",
    cell: (row) => (
      <MeasurementView
        mark="none"
        value={{
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
  const runs = useApi("GET /runs", { query: { limit: 200 } }, { refreshMs: 30_000 });
  const tests = runs.data?.items ?? null;
  // a version is not called ready before its tests were read
  const isRead = tests !== null || runs.problem !== null;
  const rows = isRead ? list.items?.map((row) => ({ ...row, standing: standingOf(row, tests) })) : undefined;
  return (
    <>
      <PageHeader title="Versions" />
      <DataTable
        label="Versions"
        columns={COLUMNS}
        {...list.table}
        rows={rows}
        rowKey={(row) => row.id}
        empty={<EmptyState title="No version yet">Each delivered version of your model is listed here.</EmptyState>}
      />
    </>
  );
}
