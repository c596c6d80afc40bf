"use client";

import { useApi } from "#components/ui/use-api.ts";
import { CountBadge } from "./count-badge.tsx";

const REFRESH_MS = 10_000;

/** Alerts that fire, as many as the list shows. */
export function AlertCount() {
  const { data } = useApi("GET /alerts", { query: { limit: 1 } }, { refreshMs: REFRESH_MS });
  return <CountBadge count={data?.firing} what="firing" />;
}
