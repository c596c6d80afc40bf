"use client";

import Link from "next/link";
import type { Traffic } from "#lib/requests/browser/traffic-schema.ts";
import { Card } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { Stat } from "../ui/measurement.tsx";
import { useReader } from "../ui/reader.tsx";
import { StatusShape } from "../ui/status.tsx";
import { trafficSentence } from "./traffic-sentence.ts";

type Props = { traffic: Traffic; isStale: boolean };

/** The answer in one sentence; a number in it leads to the tenants it speaks of. */
export function TrafficAnswer({ traffic, isStale }: Props) {
  const { locale } = useReader();
  const { state, parts } = trafficSentence(traffic, locale);
  return (
    <p data-answer="" className={cn("flex items-start gap-2 text-lg", isStale && "text-fg-3")}>
      <span className="flex h-6 items-center">
        <StatusShape state={isStale ? "unknown" : state} />
      </span>
      <span>
        {parts.map(({ text, only }) =>
          only ? (
            <Link key={text} href={`/traffic?only=${only}`} className="underline underline-offset-2" scroll={false}>
              {text}
            </Link>
          ) : (
            text
          ),
        )}
      </span>
    </p>
  );
}

/** The same in figures, each with where it comes from. */
export function TrafficTotals({ traffic: { totals }, isStale }: Props) {
  return (
    <Card stale={isStale}>
      <div className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 xl:grid-cols-6">
        <Stat
          label="Requests / min"
          value={{ ...totals.requestsPerMinute, unit: "" }}
          formula="Customer requests per minute, over the last 5 minutes."
        />
        <Stat label="In flight now" value={{ ...totals.inFlight, unit: "count" }} />
        <Stat label="Queued now" value={{ ...totals.queued, unit: "count" }} />
        <Stat label="p95 latency, 5 min" value={totals.p95Ms} formula="Answered requests of the last 5 minutes." />
        <Stat label="Shed, 5 min" value={totals.shed} formula="Refused with status 429." />
        <Stat
          label="Fallbacks, 5 min"
          value={totals.fallbacks}
          formula="Answered by anything other than the requested version."
        />
      </div>
    </Card>
  );
}
