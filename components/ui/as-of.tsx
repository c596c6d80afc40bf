"use client";

import { formatClock } from "./format-time.ts";
import { StatusShape } from "./status.tsx";
import { Time, useZone } from "./time.tsx";
import { useNow } from "./use-now.ts";

const MISSED_INTERVALS = 3;

/** True once three refreshes have been missed: the block says so and its figures step back, but never vanish. */
export function useStale(asOf: string | null | undefined, intervalMs: number): boolean {
  const now = useNow(1000);
  return typeof asOf === "string" && now - Date.parse(asOf) > MISSED_INTERVALS * intervalMs;
}

/** "as of 8 s ago", and past three intervals "stale since 02:41". Pair it with `data-stale={useStale(…)}` around figures. */
export function AsOf({ at, intervalMs }: { at: string | null | undefined; intervalMs: number }) {
  const isStale = useStale(at, intervalMs);
  if (!at) return <span className="text-xs text-fg-3">not seen yet</span>;
  if (isStale) return <StaleBadge since={at} />;
  return (
    <span className="whitespace-nowrap text-xs text-fg-3">
      as of <Time at={at} as="as-of" />
    </span>
  );
}

/** Says since when the figures beside it have not been renewed. */
export function StaleBadge({ since }: { since: string }) {
  const zone = useZone();
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap text-xs font-medium text-warn" title={since}>
      <StatusShape state="warn" />
      <span suppressHydrationWarning>stale since {formatClock(Date.parse(since), zone)}</span>
    </span>
  );
}
