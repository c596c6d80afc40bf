"use client";

import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { healthSince } from "./node-facts.ts";
import { LoadedCount, NodeMarks } from "./node-marks.tsx";

const REFRESH_MS = 3000;

const POOL: Column<Node> = { id: "pool", header: "Pool", cell: (row) => row.poolSlug, hideBelow: "md" };

const columnsOf = (isOfOnePool: boolean): Column<Node>[] => [
  {
    id: "name",
    header: "Node",
    cell: (row) => (
      <span className="inline-flex flex-wrap items-center gap-x-2">
        {row.name}
        <NodeMarks node={row} />
      </span>
    ),
  },
  ...(isOfOnePool ? [] : [POOL]),
  {
    id: "health",
    header: "Health",
    cell: (row) => (
      <span title={row.healthReason}>
        <Status of="node" is={row.health} since={healthSince(row)} />
      </span>
    ),
  },
  { id: "loaded", header: "Loaded", cell: (row) => <LoadedCount placements={row.placements} /> },
  {
    id: "engine",
    header: "Engine",
    cell: (row) => row.engineVersion ?? <span className="text-fg-3">Unknown</span>,
    hideBelow: "md",
  },
  { id: "gpu", header: "GPU", cell: (row) => row.gpu ?? "–", hideBelow: "lg" },
  {
    id: "seen",
    header: "Last seen",
    cell: (row) => (row.lastSeenAt ? <Time at={row.lastSeenAt} /> : "Never"),
    hideBelow: "sm",
  },
];

const COLUMNS = columnsOf(false);
const COLUMNS_OF_A_POOL = columnsOf(true);

/** The nodes of one pool, or all. */
export function NodeTable({ poolId, action }: { poolId?: string | undefined; action?: ReactNode }) {
  const list = useApiList("GET /nodes", { query: { poolId } }, { refreshMs: REFRESH_MS });
  return (
    <DataTable
      label="Nodes"
      columns={poolId === undefined ? COLUMNS : COLUMNS_OF_A_POOL}
      {...list.table}
      rowKey={(row) => row.id}
      rowHref={(row) => `/nodes/${row.id}`}
      empty={
        <EmptyState title={poolId === undefined ? "No nodes yet" : "This pool has no nodes yet"} action={action}>
          A node is one vLLM server. Switchyard looks at it before it is added, and every 3 seconds after.
        </EmptyState>
      }
    />
  );
}
