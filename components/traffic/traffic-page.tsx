"use client";

import type { ReactNode } from "react";
import { useState } from "react";
import { AsOf, useStale } from "../ui/as-of.tsx";
import { TextLink } from "../ui/button.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { FindRequest } from "../ui/find-request.tsx";
import { trafficCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useApi } from "../ui/use-api.ts";
import { LiveTables } from "./live-tables.tsx";
import { PoolQueues } from "./pool-queues.tsx";
import { TrafficNotices } from "./traffic-notices.tsx";
import { TrafficAnswer, TrafficTotals } from "./traffic-totals.tsx";

const REFRESH_MS = 2000;

/** What happens at the gateway right now: the answer first, then who and where, then what it had to do instead. */
export function TrafficPage({
  tryIt,
  byHand,
  history,
  whyNode,
}: {
  /** The button that sends a request. */
  tryIt: ReactNode;
  /** What is set by hand now. */
  byHand: ReactNode;
  /** Fallbacks of all tenants. */
  history: ReactNode;
  /** The route of one tenant, explained. */
  whyNode: (tenantId: string) => ReactNode;
}) {
  const { data, problem, retry } = useApi(...trafficCall, { refreshMs: REFRESH_MS });
  const isStale = useStale(data?.asOf, REFRESH_MS) || data?.isStale === true;
  const [why, setWhy] = useState<{ tenantId: string; name: string } | null>(null);
  const [isWhyOpen, setWhyOpen] = useState(false);
  return (
    <>
      <PageHeader
        title="Traffic"
        secondary={<FindRequest root="/requests" />}
        primary={tryIt}
        meta={
          <>
            <TextLink href="/requests">Latest requests</TextLink>
            {data?.asOf && <AsOf at={data.asOf} intervalMs={REFRESH_MS} />}
          </>
        }
      />
      {byHand}
      {data === undefined ? (
        <Unread problem={problem} onRetry={retry} />
      ) : data.gateways.known === 0 ? (
        <NoGateway />
      ) : (
        <>
          <TrafficAnswer traffic={data} isStale={isStale} />
          <TrafficNotices traffic={data} problem={problem} isStale={isStale} />
          <TrafficTotals traffic={data} isStale={isStale} />
          <LiveTables
            traffic={data}
            isStale={isStale}
            onWhy={({ tenantId, name }) => {
              setWhy({ tenantId, name });
              setWhyOpen(true);
            }}
          />
          <PoolQueues traffic={data} isStale={isStale} />
        </>
      )}
      {history}
      <Sheet open={isWhyOpen} onOpenChange={setWhyOpen} size="lg" title={`Where requests of ${why?.name ?? ""} go`}>
        {why && whyNode(why.tenantId)}
      </Sheet>
    </>
  );
}

function Unread({ problem, onRetry }: { problem: ReturnType<typeof useApi>["problem"]; onRetry: () => void }) {
  if (problem) return <ErrorState problem={problem} onRetry={onRetry} />;
  return (
    <div aria-busy="true" className="flex flex-col gap-4">
      <Skeleton className="h-6 w-2/3" />
      <Skeleton className="h-20 w-full" />
      <Skeleton className="h-80 w-full" />
    </div>
  );
}

const NoGateway = () => (
  <EmptyState title="No gateway is running">
    Customers get no answers. <code className="font-mono text-xs">npm start</code> runs one beside the console; see{" "}
    <TextLink href="/system">System</TextLink> for what else is missing.
  </EmptyState>
);
