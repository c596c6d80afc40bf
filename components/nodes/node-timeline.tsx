"use client";

import { useMemo } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { StatusShape } from "#components/ui/status.tsx";
import type { StateRole } from "#components/ui/status-words.ts";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { LoadEvent } from "#lib/fleet/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { EVENT_WORDS } from "./node-facts.ts";
import { useVersions } from "./use-versions.ts";
import { VersionLink } from "./version-link.tsx";

const REFRESH_MS = 5000;

const ROLE: Record<LoadEvent["outcome"], StateRole> = { ok: "ok", failed: "bad", noted: "off" };

const columnsFor = (versions: ReadonlyMap<string, Version>): readonly Column<LoadEvent>[] => [
  { id: "at", header: "When", cell: (row) => <Time at={row.at} className="whitespace-nowrap font-normal" /> },
  {
    id: "kind",
    header: "What",
    cell: (row) => (
      <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
        <StatusShape state={ROLE[row.outcome]} />
        {EVENT_WORDS[row.kind]}
        {row.outcome === "failed" && <span className="text-bad">failed</span>}
      </span>
    ),
  },
  {
    id: "version",
    header: "Version",
    hideBelow: "sm",
    cell: (row) => <Subject event={row} version={row.versionId ? versions.get(row.versionId) : undefined} />,
  },
  {
    id: "took",
    header: "Took",
    align: "end",
    hideBelow: "md",
    cell: (row) => (row.durationMs === null ? "–" : formatDuration(row.durationMs)),
  },
  {
    id: "message",
    header: "What came of it",
    truncate: true,
    width: "w-full",
    cell: (row) => <span title={row.message}>{row.message || "–"}</span>,
  },
];

/** What was done on one node and what came of it, newest first. */
export function NodeTimeline({ nodeId }: { nodeId: string }) {
  const list = useApiList("GET /nodes/{nodeId}/events", { params: { nodeId }, query: {} }, { refreshMs: REFRESH_MS });
  const versions = useVersions((list.items ?? []).flatMap((row) => row.versionId ?? []));
  const columns = useMemo(() => columnsFor(versions), [versions]);
  return (
    <DataTable
      label="Timeline"
      columns={columns}
      {...list.table}
      rowKey={(row) => row.id}
      expectedRows={16}
      empty={
        <EmptyState title="Nothing has happened here yet">
          Loads, load probes, restarts and node drift appear as they happen.
        </EmptyState>
      }
    />
  );
}

/** The version it was about; a name that is not ours is shown as the node lists it. */
function Subject({ event, version }: { event: LoadEvent; version: Version | undefined }) {
  if (event.versionId && version) return <VersionLink id={event.versionId} version={version} />;
  return event.loraName ? <code className="whitespace-nowrap font-mono text-xs">{event.loraName}</code> : "–";
}
