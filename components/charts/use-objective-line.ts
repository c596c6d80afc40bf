"use client";

import { formatUnit, quantityText } from "#components/ui/format.ts";
import { useReader } from "#components/ui/reader.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { ObjectiveKind } from "#lib/alerting/browser/objective-kinds.ts";
import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";

const KINDS: Partial<Record<ChartMetric, ObjectiveKind>> = {
  latency: "latency_p95",
  ttft: "ttft_p95",
  errors: "availability",
  "fallback-share": "fallback_share",
};

/** The accepted objective that a chart of a tenant or a pool shows, in the chart's unit; null = there is none. */
export function useObjectiveLine(
  metric: ChartMetric,
  { tenantId, poolId, nodeId }: { tenantId?: string; poolId?: string; nodeId?: string },
): { value: number; label: string } | null {
  const { locale } = useReader();
  const kind = KINDS[metric];
  const scope = tenantId !== undefined ? { tenantId } : poolId !== undefined ? { poolId } : null;
  const read = useApi(
    "GET /objectives",
    { query: { ...scope, status: "accepted", limit: 20 } },
    { enabled: kind !== undefined && scope !== null && nodeId === undefined },
  );
  // while another scope is on its way, what was read is the one before
  const found = read.data?.items.find((one) => one.kind === kind && one.scope.id === (tenantId ?? poolId));
  if (found === undefined || nodeId !== undefined) return null;
  const value = kind === "availability" ? 1 - found.target : found.target;
  const unit = kind === "latency_p95" || kind === "ttft_p95" ? "ms" : "ratio";
  return { value, label: `objective ${quantityText(formatUnit(value, unit, locale))}` };
}
