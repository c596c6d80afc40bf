"use client";

import type { CallOutput } from "#lib/api/client.ts";
import { actionWords } from "#lib/identity/browser/action-words.ts";
import { TextLink } from "../../ui/button.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { EVENT_WORDS } from "../../ui/event-words.ts";
import { formatDuration } from "../../ui/format-time.ts";
import { useDenied } from "../../ui/reader.tsx";
import { StatusShape } from "../../ui/status.tsx";
import type { StateRole } from "../../ui/status-words.ts";
import { Time } from "../../ui/time.tsx";
import { useApiList } from "../../ui/use-api.ts";
import { mergeTimeline } from "./merge-timeline.ts";

const REFRESH_MS = 5000;
type AuditEntry = CallOutput<"GET /audit">["items"][number];
type NodeEvent = CallOutput<"GET /versions/{versionId}/events">["items"][number];
type Entry = AuditEntry | NodeEvent;
const isAudit = (entry: Entry): entry is AuditEntry => "action" in entry;

const ROLE: Record<NodeEvent["outcome"], StateRole> = { ok: "ok", failed: "bad", noted: "off" };

const COLUMNS: readonly Column<Entry>[] = [
  { id: "at", header: "When", cell: (row) => <Time at={row.at} className="font-normal" /> },
  { id: "what", header: "What", cell: (row) => <What entry={row} /> },
  {
    id: "where",
    header: "Actor or node",
    cell: (row) =>
      isAudit(row) ? (
        row.actor.label
      ) : row.nodeId === null ? (
        "a removed node"
      ) : (
        <TextLink href={`/nodes/${row.nodeId}`}>{row.nodeName}</TextLink>
      ),
  },
  {
    id: "took",
    header: "Duration",
    align: "end",
    hideBelow: "md",
    cell: (row) => (isAudit(row) || row.durationMs === null ? "–" : formatDuration(row.durationMs)),
  },
  {
    id: "detail",
    header: "Outcome",
    truncate: true,
    width: "w-full",
    hideBelow: "md",
    cell: (row) => (isAudit(row) ? row.reason : row.message) || "–",
  },
];

/** What people and programs did to a version, and what the nodes did with it, as one time line. */
export function VersionHistory({ versionId }: { versionId: string }) {
  const denied = useDenied("audit.read");
  const trail = useApiList(
    "GET /audit",
    { query: { objectId: versionId } },
    { enabled: denied === undefined, refreshMs: REFRESH_MS },
  );
  const events = useApiList(
    "GET /versions/{versionId}/events",
    { params: { versionId }, query: {} },
    { refreshMs: REFRESH_MS },
  );
  const lists = denied === undefined ? [trail, events] : [events];
  const isRead = lists.every(({ items }) => items !== undefined);
  return (
    <div className="flex flex-col gap-3">
      {denied && <p className="text-sm text-fg-2">Only roles with audit access see who made each change.</p>}
      <DataTable
        label="History"
        columns={COLUMNS}
        rows={isRead ? mergeTimeline<AuditEntry, NodeEvent>(trail, events) : undefined}
        rowKey={(row) => row.id}
        problem={lists.find(({ problem }) => problem)?.problem ?? null}
        onRetry={() => {
          for (const list of lists) list.retry();
        }}
        hasMore={lists.some(({ hasMore }) => hasMore)}
        onLoadMore={() => {
          for (const list of lists) if (list.hasMore) list.loadMore();
        }}
        loadingMore={lists.some(({ isLoadingMore }) => isLoadingMore)}
        expectedRows={10}
        empty={<EmptyState title="No events yet">Version changes and node loads appear here.</EmptyState>}
      />
    </div>
  );
}

function What({ entry }: { entry: Entry }) {
  const role = isAudit(entry) ? "off" : ROLE[entry.outcome];
  return (
    <span className="inline-flex items-center gap-1.5" title={isAudit(entry) ? entry.action : undefined}>
      {isAudit(entry) ? <span aria-hidden="true" className="size-3" /> : <StatusShape state={role} />}
      {isAudit(entry) ? actionWords(entry.action) : EVENT_WORDS[entry.kind]}
      {role === "bad" && <span className="text-bad">failed</span>}
    </span>
  );
}
