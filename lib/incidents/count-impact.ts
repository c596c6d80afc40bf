import type { Measurement } from "#lib/http/schema.ts";
import { TRACES_KEPT_DAYS, TRACES_KEPT_MS } from "#lib/metrics/kept-for.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { HitTenant, Impact } from "./browser/incident-schema.ts";
import { countHits, type HitRow } from "./impact-store.ts";
import { type IncidentRecord, tenantsOf } from "./incident-store.ts";

const LISTED = 1_000;
const DELETED = `Requests of that time are deleted by now: they are kept for ${TRACES_KEPT_DAYS} days.`;
const NONE = "No request of that time is on record: it is not known whether any was sent.";

/**
 * Who was hit, counted from the request trace; of a closed incident what was counted when it was closed. A tenant of whom
 * no request is on record, and a time whose requests are deleted, are unknown and never 0.
 */
export async function countImpact(tx: Tx, incident: IncidentRecord, now: Date): Promise<Impact> {
  if (incident.impact !== null) return incident.impact as unknown as Impact;
  const to = incident.endedAt !== null && incident.endedAt < now ? incident.endedAt : now;
  const from = incident.startedAt;
  const { poolId, tenants } = incident;
  const isDeleted = now.getTime() - from.getTime() > TRACES_KEPT_MS;
  const tenantIds = tenants.length === 0 ? null : tenants.map(({ id }) => id);
  const rows = isDeleted ? [] : await countHits(tx, { tenantIds, poolId, from, to });
  const known = new Map(rows.map((row) => [row.tenantId, row]));
  const named = tenantIds === null ? await tenantsOf(tx, [...known.keys()]) : tenants;
  const items = named
    .map((tenant) => hitTenant(tenant, known.get(tenant.id) ?? null, isDeleted, now))
    .sort((a, b) => (b.requests.value ?? -1) - (a.requests.value ?? -1) || a.tenantName.localeCompare(b.tenantName));
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    countedAt: now.toISOString(),
    items: items.slice(0, LISTED),
    ...totals(items, isDeleted && tenantIds === null, now),
  };
}

function hitTenant(
  { id, name }: { id: string; name: string },
  row: HitRow | null,
  isDeleted: boolean,
  now: Date,
): HitTenant {
  const make = measurementsOf({ simulated: row?.simulated ?? false, asOf: now });
  return {
    tenantId: id,
    tenantName: name,
    failed: make(row?.failed ?? null, "count"),
    fallbacks: make(row?.fallbacks ?? null, "count"),
    requests: make(row === null ? null : row.failed + row.fallbacks, "count"),
    minutes: make(row?.minutes ?? null, "min"),
    note: row !== null ? null : isDeleted ? DELETED : NONE,
  };
}

/** Sums of those that are known, with how many those are; nobody known is unknown. */
function totals(
  items: readonly HitTenant[],
  isBlind: boolean,
  now: Date,
): Pick<Impact, "tenants" | "requests" | "minutes"> {
  const seen = items.filter(({ requests }) => requests.value !== null);
  const simulated = seen.some(({ requests }) => requests.simulated);
  const coverage = { seen: seen.length, of: items.length };
  const make = measurementsOf({ simulated, asOf: now, coverage: items.length === 0 ? null : coverage });
  const isUnknown = isBlind || (items.length > 0 && seen.length === 0);
  const sum = (of: (item: HitTenant) => Measurement) => seen.reduce((total, item) => total + (of(item).value ?? 0), 0);
  const shown = (value: number, unit: string) => make(isUnknown ? null : value, unit);
  return {
    tenants: shown(seen.filter(({ requests }) => requests.value !== 0).length, "count"),
    requests: shown(
      sum(({ requests }) => requests),
      "count",
    ),
    minutes: shown(
      sum(({ minutes }) => minutes),
      "min",
    ),
  };
}
