"use client";

import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { useStale } from "#components/ui/as-of.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EVENT_WORDS } from "#components/ui/event-words.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Select } from "#components/ui/input.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import type { StateRole } from "#components/ui/status-words.ts";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { LoadEvent } from "#lib/fleet/schema.ts";
import type { Version } from "#lib/registry/schema.ts";

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
    header: "Duration",
    align: "end",
    hideBelow: "md",
    cell: (row) => (row.durationMs === null ? "–" : formatDuration(row.durationMs)),
  },
  {
    id: "message",
    header: "Outcome",
    truncate: true,
    width: "w-full",
    cell: (row) => <span title={row.message}>{row.message || "–"}</span>,
  },
];

/** From the words, not from the schema: the schema would bring its validator into the page. */
const KINDS = Object.keys(EVENT_WORDS) as LoadEvent["kind"][];
const KIND_OPTIONS = KINDS.map((kind) => ({ value: kind, label: EVENT_WORDS[kind] }));
const OUTCOMES = ["ok", "failed", "noted"] as const satisfies readonly LoadEvent["outcome"][];
const OUTCOME_WORDS: Record<LoadEvent["outcome"], string> = { ok: "Succeeded", failed: "Failed", noted: "Noted" };
const OUTCOME_OPTIONS = OUTCOMES.map((outcome) => ({ value: outcome, label: OUTCOME_WORDS[outcome] }));

/** What was done on one node and what came of it, newest first; narrowed in the URL. */
export function NodeTimeline({ nodeId }: { nodeId: string }) {
  const [view, setView] = useQueryStates({
    kind: parseAsStringLiteral(KINDS),
    outcome: parseAsStringLiteral(OUTCOMES),
  });
  const query = { kind: view.kind ?? undefined, outcome: view.outcome ?? undefined };
  const list = useApiList("GET /nodes/{nodeId}/events", { params: { nodeId }, query }, { refreshMs: REFRESH_MS });
  const versions = useVersions((list.items ?? []).flatMap((row) => row.versionId ?? []));
  const columns = useMemo(() => columnsFor(versions), [versions]);
  const isNarrowed = view.kind !== null || view.outcome !== null;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Select
          aria-label="What"
          value={view.kind ?? ""}
          onChange={(event) => void setView({ kind: KINDS.find((kind) => kind === event.target.value) ?? null })}
          placeholder="Everything"
          options={KIND_OPTIONS}
          className="w-48"
        />
        <Select
          aria-label="Outcome"
          value={view.outcome ?? ""}
          onChange={(event) =>
            void setView({ outcome: OUTCOMES.find((outcome) => outcome === event.target.value) ?? null })
          }
          placeholder="Any outcome"
          options={OUTCOME_OPTIONS}
          className="w-40"
        />
      </div>
      <DataTable
        label="Timeline"
        columns={columns}
        {...list.table}
        rowKey={(row) => row.id}
        stale={useStale(list.readAt, REFRESH_MS)}
        expectedRows={16}
        empty={
          isNarrowed ? (
            <EmptyState title="No events match">Choose another filter above.</EmptyState>
          ) : (
            <EmptyState title="No events yet">Loads, load probes, restarts and node drift appear here.</EmptyState>
          )
        }
      />
    </div>
  );
}

/** The version it was about; a name that is not ours is shown as the node lists it. */
function Subject({ event, version }: { event: LoadEvent; version: Version | undefined }) {
  if (event.versionId && version) return <VersionLink id={event.versionId} version={version} />;
  return event.loraName ? <code className="whitespace-nowrap font-mono text-xs">{event.loraName}</code> : "–";
}
