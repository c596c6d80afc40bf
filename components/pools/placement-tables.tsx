"use client";

import { TextLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { derivedMeasurement } from "#components/ui/derived-measurement.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import type { StateRole } from "#components/ui/status-words.ts";
import type { PlacementMove, PlacementPlan } from "#lib/fleet/schema.ts";

type NodeLoad = PlacementPlan["nodes"][number];

/** How full something is; the figures beside it say the same. */
function FillBar({ used, room }: { used: number; room: number }) {
  const share = room === 0 ? 1 : used / room;
  return (
    <span aria-hidden="true" className="inline-block h-1.5 w-16 overflow-hidden rounded-full bg-line align-middle">
      <span
        className={cn("block h-full rounded-full", share > 1 ? "bg-warn" : "bg-fg-3")}
        style={{ width: `${Math.min(100, share * 100)}%` }}
      />
    </span>
  );
}

function Fill({ used, room }: { used: number; room: number }) {
  return (
    <span className="inline-flex items-center justify-end gap-2">
      <FillBar used={used} room={room} />
      <span className={cn("tabular-nums", used > room && "text-warn")}>
        <MeasurementView value={derivedMeasurement(used, "count")} mark="none" />{" "}
        <span className="text-fg-3">of {room}</span>
      </span>
    </span>
  );
}

const NODE_COLUMNS: readonly Column<NodeLoad>[] = [
  {
    id: "node",
    header: "Node",
    width: "w-full",
    cell: (row) => <TextLink href={`/nodes/${row.nodeId}`}>{row.nodeName}</TextLink>,
  },
  { id: "adapters", header: "Adapters", align: "end", cell: (row) => row.adapters },
  {
    id: "hot",
    header: "Active in 15 min / GPU slots",
    align: "end",
    cell: (row) => <Fill used={row.hot.active} room={row.hot.slots} />,
  },
  {
    id: "copies",
    header: "Copies / CPU cache",
    align: "end",
    hideBelow: "sm",
    cell: (row) => <Fill used={row.copies.used} room={row.copies.room} />,
  },
  {
    id: "bytes",
    header: "Files",
    align: "end",
    hideBelow: "md",
    cell: (row) => <MeasurementView value={derivedMeasurement(row.bytes, "bytes")} mark="none" />,
  },
];

/** What each node would hold once the plan is carried out. */
export function NodeLoads({ nodes }: { nodes: readonly NodeLoad[] }) {
  return (
    <DataTable
      label="Nodes with this plan"
      columns={NODE_COLUMNS}
      rows={nodes}
      rowKey={(row) => row.nodeId}
      flush
      empty={<EmptyState title="No serving nodes">Add a node. Adapters load on it when it answers.</EmptyState>}
    />
  );
}

const ACTIONS: Record<PlacementMove["action"], { word: string; role: StateRole }> = {
  add: { word: "Load on", role: "busy" },
  remove: { word: "Unload from", role: "off" },
  keep: { word: "Keep on", role: "ok" },
};

const MOVE_COLUMNS: readonly Column<PlacementMove>[] = [
  {
    id: "adapter",
    header: "Adapter",
    cell: (row) => (
      <TextLink href={`/adapters/${row.adapterId}/versions/${row.versionId}`} className="whitespace-nowrap">
        {row.tenantSlug} / {row.adapterSlug} v{row.versionNumber}
      </TextLink>
    ),
  },
  {
    id: "action",
    header: "Move",
    cell: (row) => {
      const { word, role } = ACTIONS[row.action];
      return (
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <StatusShape state={role} />
          {word} {row.nodeName}
        </span>
      );
    },
  },
  { id: "reason", header: "Why", cell: (row) => row.reason, truncate: true, width: "w-full", hideBelow: "sm" },
];

/** Each adapter that goes somewhere, or stays, with the sentence that says why. */
export function Moves({ moves, hidesKept }: { moves: readonly PlacementMove[]; hidesKept: boolean }) {
  const shown = hidesKept ? moves.filter(({ action }) => action !== "keep") : moves;
  return (
    <DataTable
      label="Moves"
      columns={MOVE_COLUMNS}
      rows={shown}
      rowKey={(row) => `${row.versionId} ${row.nodeId} ${row.action}`}
      flush
      empty={<EmptyState title="No moves needed">Every adapter is already where the plan places it.</EmptyState>}
    />
  );
}
