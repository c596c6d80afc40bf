"use client";

import { useApi } from "#components/ui/use-api.ts";
import { CountBadge } from "./count-badge.tsx";

const REFRESH_MS = 15_000;

/** Incidents that go on, and drafts that nobody accepted. */
export function IncidentCount() {
  const { data } = useApi("GET /incidents", { query: { limit: 1 } }, { refreshMs: REFRESH_MS });
  return <CountBadge count={data?.open} what="open" />;
}
