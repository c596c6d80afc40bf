import type { Usage, UsageGroup } from "../browser/usage-schema.ts";

type Column = { name: string; cell: (group: UsageGroup) => string | number | null };

/** What each grouping names a row by; a tenant or an adapter that is gone has only its id left. */
const KEYS: Record<Usage["groupBy"], readonly Column[]> = {
  version: [
    { name: "tenant", cell: ({ tenantSlug, tenantId }) => tenantSlug ?? tenantId },
    { name: "adapter", cell: ({ adapterSlug, adapterId }) => adapterSlug ?? adapterId },
    { name: "version", cell: ({ versionNumber, versionId }) => versionNumber ?? versionId },
  ],
  tenant: [{ name: "tenant", cell: ({ tenantSlug, tenantId }) => tenantSlug ?? tenantId }],
  day: [{ name: "day", cell: ({ day }) => day?.slice(0, 10) ?? null }],
  via: [{ name: "via", cell: ({ via }) => via }],
};

const COUNTS = [
  "requests",
  "failed",
  "refused",
  "shed",
  "fallbacks",
  "promptTokens",
  "completionTokens",
  "uncounted",
] as const;
const TIMES = ["latencyMs", "ttftMs", "interTokenMs", "queuedMs"] as const;
const QUANTILES = ["p50", "p95", "p99"] as const;

const VALUES: readonly Column[] = [
  ...COUNTS.map((name) => ({ name, cell: (group: UsageGroup) => group[name] })),
  ...TIMES.flatMap((time) =>
    QUANTILES.map((of) => ({ name: `${time}_${of}`, cell: (group: UsageGroup) => group[time][of] })),
  ),
];

/**
 * Usage as a table: what it is grouped by, the figures under the names that the API gives them, and on every line of which
 * time it is and where the figures come from, as lines get copied. What nobody counted is empty, never zero.
 */
export function usageSheet({ groupBy, items, from, to, source, simulated }: Usage): string[][] {
  const columns = [...KEYS[groupBy], ...VALUES];
  const lines = items.map((group) => [
    ...columns.map(({ cell }) => String(cell(group) ?? "")),
    ...[from, to, source, String(simulated)],
  ]);
  return [[...columns.map(({ name }) => name), "from", "to", "source", "simulated"], ...lines];
}
