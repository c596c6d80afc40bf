"use client";

import type { NodeTraffic } from "#lib/requests/browser/traffic-schema.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Status } from "../ui/status.tsx";
import type { Sort } from "../ui/table-parts.tsx";
import { CellMeasurement } from "./cell-measurement.tsx";
import { SlotBar } from "./slot-bar.tsx";
import { type SortKeys, useSteadyRows } from "./use-steady-rows.ts";

export const NODE_SORTS: SortKeys<NodeTraffic> = {
  flight: (row) => row.inFlight.value,
  adapters: (row) => row.adaptersInFlight.value,
  rate: (row) => row.requestsPerMinute.value,
  p95: (row) => row.p95Ms.value,
  tokens: (row) => row.tokensPerSecond.value,
  failed: (row) => row.failed.value,
};

/** With `unit` the header carries it. */
const number = (
  id: string,
  header: string,
  of: (row: NodeTraffic) => NodeTraffic["shed"],
  unit?: string,
): Column<NodeTraffic> => ({
  id,
  header,
  align: "end",
  sortable: true,
  cell: (row) => <CellMeasurement value={of(row)} unit={unit} />,
});

const COLUMNS: readonly Column<NodeTraffic>[] = [
  { id: "name", header: "Node", truncate: true, width: "w-full", cell: (row) => row.name },
  { id: "pool", header: "Pool", cell: (row) => row.poolName, hideBelow: "lg" },
  { id: "state", header: "Seen by the gateway", cell: (row) => <Seen node={row} />, hideBelow: "sm" },
  number("flight", "In flight", (row) => row.inFlight, "count"),
  {
    id: "adapters",
    header: "Adapters in flight",
    align: "end",
    sortable: true,
    cell: (row) => <SlotBar node={row} />,
  },
  number("rate", "Req / min", (row) => row.requestsPerMinute, ""),
  { ...number("p95", "p95", (row) => row.p95Ms), hideBelow: "sm" },
  { ...number("tokens", "Tok / s", (row) => row.tokensPerSecond, ""), hideBelow: "md" },
  { ...number("failed", "Failed", (row) => row.failed), hideBelow: "sm" },
];

/** Nodes that customers' requests may reach. */
export function NodeTrafficTable({
  rows,
  isNarrowed,
  stale,
  sort,
  onSort,
}: {
  rows: readonly NodeTraffic[] | undefined;
  isNarrowed: boolean;
  stale: boolean;
  sort: Sort;
  onSort: (sort: Sort) => void;
}) {
  const steady = useSteadyRows(rows, (row) => row.nodeId, NODE_SORTS, sort);
  return (
    <DataTable
      label="Traffic by node"
      columns={COLUMNS}
      rows={steady}
      rowKey={(row) => row.nodeId}
      rowHref={(row) => `/nodes/${row.nodeId}`}
      stale={stale}
      sort={sort}
      onSort={onSort}
      expectedRows={3}
      empty={
        isNarrowed ? (
          <EmptyState title="No nodes match">Choose another filter above.</EmptyState>
        ) : (
          <EmptyState title="No serving nodes">Add one under Nodes.</EmptyState>
        )
      }
    />
  );
}

/** Reached or not, and whether the gateway has stopped sending there by itself. */
function Seen({ node: { reachable, breaker } }: { node: NodeTraffic }) {
  if (reachable.of === 0 || breaker === null) return <Status of="node" is="unknown" />;
  if (reachable.by === 0) return <Status of="node" is="unreachable" />;
  if (breaker === "open") return <Status of="node" is="degraded" reason="circuit open after 5 failures" />;
  if (breaker === "half_open") return <Status of="node" is="restoring" reason="testing with one request" />;
  if (reachable.by < reachable.of)
    return <Status of="node" is="degraded" reason={`reached by ${reachable.by} of ${reachable.of} gateways`} />;
  return <Status of="node" is="healthy" />;
}
