"use client";

import type { RequestAround } from "#lib/requests/browser/request-schema.ts";
import { Card } from "../ui/card.tsx";
import { formatClock } from "../ui/format-time.ts";
import { Stat } from "../ui/measurement.tsx";
import { StatusShape } from "../ui/status.tsx";
import { useZone } from "../ui/time.tsx";

/** What else happened on the node in the seconds around the request. */
export function AroundCard({ around, nodeName }: { around: RequestAround; nodeName: string | null }) {
  return (
    <Card title={`On ${nodeName ?? "its node"} at that time`} aside="from 10 s before to 10 s after">
      <div className="grid gap-x-8 gap-y-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <EventRows events={around.events} />
        <div className="flex flex-wrap content-start gap-x-8 gap-y-4">
          <Stat label="Evictions" value={around.evictions} />
          <Stat label="Swaps from CPU cache" value={around.swapsFromCpu} />
          <Stat label="Swaps from disk" value={around.swapsFromDisk} />
          <p className="w-full text-xs text-fg-3">In the minutes the request touched.</p>
        </div>
      </div>
    </Card>
  );
}

function EventRows({ events }: { events: RequestAround["events"] }) {
  const zone = useZone();
  if (events.length === 0)
    return <p className="text-md text-fg-2">No loads, unloads, restarts or changes on that node.</p>;
  return (
    <ul className="flex flex-col divide-y text-sm">
      {events.map(({ id, at, title, outcome }) => (
        <li key={id} className="flex items-baseline gap-3 py-1.5">
          <time dateTime={at} className="w-18 shrink-0 text-fg-3" suppressHydrationWarning>
            {formatClock(Date.parse(at), zone, true)}
          </time>
          <span className="inline-flex min-w-0 items-baseline gap-1.5">
            {outcome === "failed" && <StatusShape state="bad" />}
            {title}
          </span>
        </li>
      ))}
    </ul>
  );
}
