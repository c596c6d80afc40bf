"use client";

import type { Problem } from "#lib/http/schema.ts";
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
  const health = useApi("GET /pulse", {}, { refreshMs: REFRESH_MS });
  return (
    <>
      <PageHeader
        title="System"
        meta={health.data?.ok ? health.data.sentence : "The health of Switchyard itself, not of the fleet."}
      />
      {health.data?.ok === false && (
        <Notice tone="warn">
          <ul>
            {health.data.troubles.map((trouble) => (
              <li key={trouble}>{trouble}</li>
            ))}
          </ul>
        </Notice>
      )}
      {store.data?.state === "unavailable" && (
        <Notice tone="bad">
          <p className="font-medium">{store.data.message}</p>
          <p>
            Nodes keep serving loaded adapters. Switchyard loads, adds and verifies nothing until the store is
            available.
          </p>
        </Notice>
      )}
      <Card title="Background jobs" flush stale={useStale(health.readAt, REFRESH_MS)}>
        <DataTable
          label="Background jobs"
          columns={LOOPS}
          rows={health.data?.loops}
          flush
          problem={health.data ? null : health.problem}
          onRetry={health.retry}
          rowKey={(loop) => loop.name}
          empty={
            <EmptyState title="The worker has not run yet">
              Start it with npm start, or as its own process. Without it, Switchyard loads, scrapes and verifies
              nothing.
            </EmptyState>
          }
        />
      </Card>
      <ProcessCards />
      <DeadManCard />
      <Card title="Adapter store" stale={useStale(store.readAt, REFRESH_MS)}>
        {store.data ? <StoreFacts store={store.data} /> : <Absent of={store} />}
      </Card>
    </>
  );
}

/** The processes, and what they have before them. */
function ProcessCards() {
  const system = useApi("GET /system", {}, { refreshMs: REFRESH_MS });
  const stale = useStale(system.readAt, REFRESH_MS);
  const table = { flush: true, problem: system.data ? null : system.problem, onRetry: system.retry } as const;
  return (
    <>
      <Card title="Workers" flush stale={stale}>
        <DataTable
          label="Workers"
          columns={WORKERS}
          rows={system.data?.workers}
          rowKey={(worker) => worker.id}
          empty={
            <EmptyState title="No worker runs">Start one with npm start. LOOPS limits the jobs it runs.</EmptyState>
          }
          {...table}
        />
      </Card>
      <Card title="Gateways" flush stale={stale}>
        <DataTable
          label="Gateways"
          columns={GATEWAYS}
          rows={system.data?.gateways}
          rowKey={(gateway) => gateway.id}
          empty={<EmptyState title="No gateway runs">Customers get no answers without one.</EmptyState>}
          {...table}
        />
      </Card>
      <Card title="Queues" stale={stale}>
        {system.data ? <QueueFacts system={system.data} /> : <Absent of={system} />}
      </Card>
      <Card title="Database" stale={stale}>
        {system.data ? <DatabaseFacts database={system.data.database} /> : <Absent of={system} />}
      </Card>
    </>
  );
}

/** Nothing was read yet: it is on its way, or it could not be. */
function Absent({ of: { problem, retry } }: { of: { problem: Problem | null; retry: () => void } }) {
  return problem ? <ErrorState problem={problem} onRetry={retry} /> : <Skeleton className="h-28 w-full" />;
}
