"use client";

import { type ReactNode, useMemo } from "react";
import { useStale } from "#components/ui/as-of.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { nodesCall } from "#components/ui/page-calls.ts";
import { ProvenanceIcon } from "#components/ui/provenance.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import type { NodeSlots } from "#lib/metrics/schema.ts";
import { healthSince } from "./node-facts.ts";
import { filterNodes, isFiltered, NO_FILTER, type NodeFilter } from "./node-filters.ts";
import { LoadedCount, NodeMarks, NodeNotes } from "./node-marks.tsx";
import { useMorePages } from "./use-more-pages.ts";
import { SCRAPE_MS } from "./use-residency.ts";

const REFRESH_MS = 3000;

const POOL: Column<Node> = { id: "pool", header: "Pool", cell: (row) => row.poolSlug, hideBelow: "lg" };

const columnsOf = (isOfOnePool: boolean, slotsOf: (nodeId: string) => KnownSlots): Column<Node>[] => [
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
    cell: (row) => <SlotsCell slots={slotsOf(row.id)} tier="gpu" />,
    hideBelow: "md",
  },
  {
    id: "copies",
    header: "CPU copies",
    cell: (row) => <SlotsCell slots={slotsOf(row.id)} tier="cpu" />,
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
  const list = useApiList(...nodesCall(poolId), { refreshMs: REFRESH_MS });
  const stale = useStale(list.readAt, REFRESH_MS);
  const isNarrowed = isFiltered(filter);
  useMorePages(list, isNarrowed);
  const rows = useMemo(() => list.items && filterNodes(list.items, filter), [list.items, filter]);
  const slotsOf = useSlots(poolId);
  const columns = useMemo(() => columnsOf(poolId !== undefined, slotsOf), [poolId, slotsOf]);
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

/** How full the tiers of each node are, in one list beside the nodes' own. */
function useSlots(poolId: string | undefined): (nodeId: string) => KnownSlots {
  const list = useApiList("GET /node-slots", { query: { poolId, limit: 200 } }, { refreshMs: SCRAPE_MS });
  useMorePages(list, true);
  const { items, problem, hasMore } = list;
  return useMemo(() => {
    const byNode = new Map(items?.map((slots) => [slots.nodeId, slots]));
    const otherwise = problem === null && (items === undefined || hasMore) ? "loading" : "unknown";
    return (nodeId) => byNode.get(nodeId) ?? otherwise;
  }, [items, problem, hasMore]);
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

/** What is known of a node's tiers: not read yet, or not readable, or read. */
type KnownSlots = NodeSlots | "loading" | "unknown";

/** GPU slots or copies in host memory that are in use on one node, of how many, and where the number comes from. */
function SlotsCell({ slots, tier }: { slots: KnownSlots; tier: "gpu" | "cpu" }) {
  if (typeof slots === "string") return <span className="text-fg-3">{slots === "loading" ? "…" : "Unknown"}</span>;
  const { used, size } = slots.slots[tier];
  if (used.value === null)
    return (
      <span className="whitespace-nowrap text-fg-3" title={slots.note ?? undefined}>
        Unknown of {size}
      </span>
    );
  return (
    <span className="inline-flex items-center gap-x-1 whitespace-nowrap">
      <MeasurementView value={{ ...used, unit: "count" }} mark="none" />
      <span className="text-fg-3">of {size}</span>
      <ProvenanceIcon origin={used} />
    </span>
  );
}
