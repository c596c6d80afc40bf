"use client";

import { type ReactNode, useMemo } from "react";
import { useStale } from "#components/ui/as-of.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { healthSince } from "./node-facts.ts";
import { filterNodes, isFiltered, NO_FILTER, type NodeFilter } from "./node-filters.ts";
import { LoadedCount, NodeMarks, NodeNotes } from "./node-marks.tsx";
import { SlotsCell } from "./slots-cell.tsx";
import { useMorePages } from "./use-more-pages.ts";
import { SCRAPE_MS } from "./use-residency.ts";

const REFRESH_MS = 3000;

const POOL: Column<Node> = { id: "pool", header: "Pool", cell: (row) => row.poolSlug, hideBelow: "lg" };

const columnsOf = (isOfOnePool: boolean, slotsMs: number): Column<Node>[] => [
  {
    id: "name",
    header: "Node",
    cell: (row) => (
      <span className="inline-flex flex-wrap items-center gap-x-2">
        {row.name}
        <NodeMarks node={row} isShort />
      </span>
    ),
  },
  ...(isOfOnePool ? [] : [POOL]),
  { id: "health", header: "Health", cell: (row) => <Health node={row} /> },
  { id: "loaded", header: "Routable", cell: (row) => <LoadedCount placements={row.placements} /> },
  {
    id: "slots",
    header: "GPU slots",
    cell: (row) => <SlotsCell node={row} tier="gpu" refreshMs={slotsMs} />,
    hideBelow: "md",
  },
  {
    id: "copies",
    header: "CPU copies",
    cell: (row) => <SlotsCell node={row} tier="cpu" refreshMs={slotsMs} />,
    hideBelow: "lg",
  },
  { id: "engine", header: "Engine", cell: (row) => <Engine node={row} />, hideBelow: "md" },
  { id: "notes", header: "Needs attention", cell: (row) => <NodeNotes node={row} />, hideBelow: "sm" },
  {
    id: "seen",
    header: "Last seen",
    cell: (row) => (row.lastSeenAt ? <Time at={row.lastSeenAt} /> : "Never"),
    hideBelow: "sm",
  },
];

/** Rows whose slots are read at the full pace; a longer list reads them more slowly, so that an open page stays cheap. */
const FULL_PACE_ROWS = 25;

/** The nodes of one pool, or all, narrowed by a filter. */
export function NodeTable({
  poolId,
  filter = NO_FILTER,
  action,
}: {
  poolId?: string | undefined;
  filter?: NodeFilter;
  action?: ReactNode;
}) {
  const list = useApiList("GET /nodes", { query: { poolId, limit: 200 } }, { refreshMs: REFRESH_MS });
  const stale = useStale(list.readAt, REFRESH_MS);
  const isNarrowed = isFiltered(filter);
  useMorePages(list, isNarrowed);
  const rows = useMemo(() => list.items && filterNodes(list.items, filter), [list.items, filter]);
  const slotsMs = SCRAPE_MS * Math.max(1, Math.ceil((rows?.length ?? 0) / FULL_PACE_ROWS));
  const columns = useMemo(() => columnsOf(poolId !== undefined, slotsMs), [poolId, slotsMs]);
  return (
    <DataTable
      label="Nodes"
      columns={columns}
      {...list.table}
      rows={rows}
      rowKey={(row) => row.id}
      rowHref={(row) => `/nodes/${row.id}`}
      stale={stale}
      empty={
        isNarrowed && (list.items?.length ?? 0) > 0 ? (
          <EmptyState title="No nodes match">Choose another filter above.</EmptyState>
        ) : (
          <EmptyState title={poolId === undefined ? "No nodes yet" : "This pool has no nodes yet"} action={action}>
            A node is one vLLM server. Switchyard inspects it before you add it, then polls it every 3 seconds.
          </EmptyState>
        )
      }
    />
  );
}

/** While it drains, how long what runs may still take; a cordon has no end of its own. */
function Health({ node }: { node: Node }) {
  const { drainDeadline } = node;
  return (
    <span title={node.healthReason} className="inline-flex items-baseline gap-x-1.5">
      <Status of="node" is={node.health} since={healthSince(node)} />
      {drainDeadline && node.health === "draining" && (
        <span className="text-fg-3">
          until <Time at={drainDeadline} />
        </span>
      )}
    </span>
  );
}

/** Its release, and how often it has been seen to start. */
function Engine({ node }: { node: Node }) {
  return (
    <span className="tabular-nums">
      {node.engineVersion ?? <span className="text-fg-3">Unknown</span>}
      <span className="text-fg-3"> · {node.epoch === 0 ? "never seen" : `epoch ${node.epoch}`}</span>
    </span>
  );
}
