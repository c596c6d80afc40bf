"use client";

import { useStale } from "../ui/as-of.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useApi } from "../ui/use-api.ts";
import { DeadManCard } from "./dead-man-card.tsx";
import { LOOPS } from "./loop-columns.tsx";
import { GATEWAYS, WORKERS } from "./process-columns.tsx";
import { DatabaseFacts, QueueFacts } from "./queue-facts.tsx";
import { StoreFacts } from "./store-facts.tsx";

const REFRESH_MS = 10_000;

/** Switchyard itself, apart from the fleet: its loops and processes, what waits, and where it keeps things. */
export function SystemPage() {
  const store = useApi("GET /store", {}, { refreshMs: REFRESH_MS });
  const pulse = useApi("GET /pulse", {}, { refreshMs: REFRESH_MS });
  const system = useApi("GET /system", {}, { refreshMs: REFRESH_MS });
  const isStale = useStale(system.readAt, REFRESH_MS);
  const facts = system.data ? null : system.problem ? (
    <ErrorState problem={system.problem} onRetry={system.retry} />
  ) : (
    <Skeleton className="h-28 w-full" />
  );
  const table = { flush: true, problem: system.data ? null : system.problem, onRetry: system.retry } as const;
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
      <Card title="Loops of the workers" flush stale={useStale(pulse.readAt, REFRESH_MS)}>
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
      <Card title="Workers" flush stale={isStale}>
        <DataTable
          label="Workers"
          columns={WORKERS}
          rows={system.data?.workers}
          rowKey={(worker) => worker.id}
          empty={
            <EmptyState title="No worker runs">Start one: npm start runs one, LOOPS narrows what it does.</EmptyState>
          }
          {...table}
        />
      </Card>
      <Card title="Gateways" flush stale={isStale}>
        <DataTable
          label="Gateways"
          columns={GATEWAYS}
          rows={system.data?.gateways}
          rowKey={(gateway) => gateway.id}
          empty={
            <EmptyState title="No gateway runs">Customers get no answers without one: npm start runs one.</EmptyState>
          }
          {...table}
        />
      </Card>
      <DeadManCard />
      <Card title="What waits" stale={isStale}>
        {system.data ? <QueueFacts system={system.data} /> : facts}
      </Card>
      <Card title="Database" stale={isStale}>
        {system.data ? <DatabaseFacts database={system.data.database} /> : facts}
      </Card>
      <Card title="Adapter store" stale={useStale(store.readAt, REFRESH_MS)}>
        {store.data ? (
          <StoreFacts store={store.data} />
        ) : store.problem ? (
          <ErrorState problem={store.problem} onRetry={store.retry} />
        ) : (
          <Skeleton className="h-28 w-full" />
        )}
      </Card>
    </>
  );
}
