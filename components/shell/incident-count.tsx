"use client";

import { useApi } from "#components/ui/use-api.ts";

const REFRESH_MS = 15_000;

/** Incidents that go on, and drafts that nobody accepted; nothing when there are none. */
export function IncidentCount() {
  const { data } = useApi("GET /incidents", { query: { limit: 1 } }, { refreshMs: REFRESH_MS });
  if (!data || data.open === 0) return null;
  return (
    <span className="shrink-0 rounded-full bg-bad-tint px-1.5 text-xs font-medium tabular-nums text-bad">
      {data.open}
      <span className="sr-only"> open</span>
    </span>
  );
}
