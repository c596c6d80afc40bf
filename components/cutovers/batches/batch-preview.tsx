"use client";

import type { BatchNode, BatchPreview, BatchPreviewItem } from "#lib/cutover/browser/batch-schema.ts";
import { Notice } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { StatusShape } from "../../ui/status.tsx";
import { cutovers } from "./batch-words.ts";

/** What would happen row by row, and what fits the CPU caches; nothing has been changed yet. */
export function BatchPreviewView({ preview }: { preview: BatchPreview }) {
  const { items, ready, refused, fitAtOnce, nodes, hold, warnings } = preview;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-md font-medium" role="status">
        {cutovers(ready)} would start
        {refused > 0 && `, ${refused} would be refused and ${refused === 1 ? "is" : "are"} left out`}.{" "}
        {ready > 0 && `${fitAtOnce} at once fit the CPU caches.`}
      </p>
      {hold && <Notice tone="warn">{hold} The batch waits until then.</Notice>}
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      <Refusals items={items.filter((item) => !item.ready)} />
      {nodes.length > 0 && (
        <DataTable
          label="CPU caches"
          columns={NODE_COLUMNS}
          rows={nodes}
          rowKey={(row) => row.nodeId}
          empty={<EmptyState title="No nodes affected">No version needs to be loaded.</EmptyState>}
        />
      )}
    </div>
  );
}

/** More than these would push what follows off the screen. */
const SHOWN_OPEN = 8;

function Refusals({ items }: { items: readonly BatchPreviewItem[] }) {
  if (items.length === 0) return null;
  return (
    <details open={items.length <= SHOWN_OPEN} className="rounded-card border">
      <summary className="flex min-h-9 cursor-pointer items-center px-3 text-sm font-medium pointer-coarse:min-h-10">
        Refused ({items.length})
      </summary>
      <ul className="divide-y border-t">
        {items.map((item) => (
          <li key={`${item.adapterId} ${item.toVersionId}`} className="flex gap-2 px-3 py-1.5 text-sm">
            <span className="pt-1">
              <StatusShape state="warn" />
            </span>
            <span className="min-w-0 break-words">
              <span className="font-medium">{item.label}</span> <span className="text-fg-2">{item.message}</span>
              {item.fix && <span className="block text-fg-2">{item.fix}</span>}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

const NODE_COLUMNS: readonly Column<BatchNode>[] = [
  { id: "node", header: "Node", width: "w-full", cell: (row) => row.nodeName },
  {
    id: "peak",
    header: "Must fit, at the peak",
    align: "end",
    cell: (row) => (
      <span className={row.neededPeak > row.places ? "font-medium text-warn" : undefined}>
        {row.neededPeak} of {row.places}
      </span>
    ),
  },
  { id: "now", header: "Must fit now", align: "end", hideBelow: "md", cell: (row) => row.neededNow },
  { id: "end", header: "Loaded at the end", align: "end", hideBelow: "sm", cell: (row) => row.residentAtEnd },
];
