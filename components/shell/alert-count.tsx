"use client";

import { useApi } from "#components/ui/use-api.ts";

const REFRESH_MS = 10_000;

/** Alerts that fire and that nobody holds; nothing when there are none. */
export function AlertCount() {
  const { data } = useApi("GET /alerts", { query: { limit: 1 } }, { refreshMs: REFRESH_MS });
  if (!data || data.firing === 0) return null;
  return (
    <span className="shrink-0 rounded-full bg-bad-tint px-1.5 text-xs font-medium tabular-nums text-bad">
      {data.firing}
      <span className="sr-only"> firing</span>
    </span>
  );
}
