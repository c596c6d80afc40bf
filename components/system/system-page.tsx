"use client";

import type { Pulse } from "#lib/journey/schema.ts";
import type { Store } from "#lib/registry/browser/store-schema.ts";
import { useStale } from "../ui/as-of.tsx";
import { TextLink } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { formatBytes, formatCount, quantityText } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApi } from "../ui/use-api.ts";

const REFRESH_MS = 10_000;

/** Switchyard itself, apart from the fleet: the adapter store, and the loops of the worker. */
export function SystemPage() {
  const store = useApi("GET /store", {}, { refreshMs: REFRESH_MS });
  const pulse = useApi("GET /pulse", {}, { refreshMs: REFRESH_MS });
  return (
    <>
      <PageHeader title="System" meta={pulse.data?.sentence ?? "Switchyard itself, apart from the fleet."} />
      {store.data?.state === "unavailable" && (
        <Notice tone="bad">
          <p className="font-medium">{store.data.message}</p>
          <p>
            Nodes go on serving what they have loaded. Nothing is loaded, added or verified until the store is back.
          </p>
        </Notice>
      )}
      <Card title="Adapter store" stale={useStale(store.readAt, REFRESH_MS)}>
        {store.data ? (
          <StoreFacts store={store.data} />
        ) : store.problem ? (
          <ErrorState problem={store.problem} onRetry={store.retry} />
        ) : (
          <Skeleton className="h-28 w-full" />
        )}
      </Card>
      <Card title="Loops of the worker" flush stale={useStale(pulse.readAt, REFRESH_MS)}>
        <DataTable
          label="Loops"
          columns={LOOPS}
          rows={pulse.data?.loops}
          flush
          problem={pulse.data ? null : pulse.problem}
          onRetry={pulse.retry}
          rowKey={(loop) => loop.name}
          empty={
            <EmptyState title="The worker has not run yet">
              It starts with npm start, or on its own: nothing is loaded, scraped or verified without it.
            </EmptyState>
          }
        />
      </Card>
    </>
  );
}

function StoreFacts({ store }: { store: Store }) {
  return (
    <KeyValue
      columns={2}
      rows={[
        { label: "State", value: <Status of="store" is={store.state} /> },
        { label: "Versions stored", value: formatCount(store.versions) },
        {
          label: "Verified",
          value:
            store.versions === 0
              ? null
              : `${formatCount(store.verified)} of ${formatCount(store.versions)} in the last 24 h`,
          hint: "Read whole and compared with their digests. Each is read again within 12 hours.",
        },
        {
          label: "Longest unverified",
          value: store.oldestVerifiedAt ? (
            <>
              since <Time at={store.oldestVerifiedAt} />
            </>
          ) : store.versions > 0 ? (
            "never verified yet"
          ) : null,
        },
        {
          label: "Size",
          value: quantityText(formatBytes(store.bytes)),
          hint: "What several versions share counts once.",
        },
        {
          label: "Quarantined",
          value:
            store.quarantined === 0 ? (
              "None"
            ) : (
              <TextLink href="/adapters?status=quarantined">
                {store.quarantined === 1 ? "1 version" : `${formatCount(store.quarantined)} versions`}
              </TextLink>
            ),
        },
      ]}
    />
  );
}

type Loop = Pulse["loops"][number];

const stateOf = (loop: Loop): "late" | "failing" | "on_time" =>
  loop.late ? "late" : loop.lastError === null ? "on_time" : "failing";

const LOOPS: readonly Column<Loop>[] = [
  { id: "name", header: "Loop", cell: (loop) => <code className="font-mono text-xs">{loop.name}</code> },
  { id: "state", header: "State", cell: (loop) => <Status of="loop" is={stateOf(loop)} /> },
  { id: "run", header: "Last run", cell: (loop) => (loop.lastRunAt ? <Time at={loop.lastRunAt} /> : "never") },
  {
    id: "error",
    header: "Last error",
    width: "w-full",
    cell: (loop) => loop.lastError ?? <span className="text-fg-3">None</span>,
  },
];
