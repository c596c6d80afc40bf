import { healthOfTenants } from "#lib/alerting/health/health.ts";
import type { HealthReach } from "#lib/alerting/health/health-store.ts";
import type { ServiceState, TenantHealth } from "#lib/alerting/schema.ts";
import { readGates } from "#lib/evals/verdict/read-gate.ts";
import { toPage } from "#lib/http/cursor.ts";
import type { Measurement, Page } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { rollbackFor } from "#lib/registry/versions/mark-rolled-back.ts";
import { withError } from "#lib/requests/usage/durations.ts";
import { nextStep } from "./next-step.ts";
import type { JourneyTenant } from "./schema.ts";
import { isSimulated, listTenantFacts, type TenantFacts, type TenantFilter } from "./store.ts";
import type { Reader } from "./whose-move.ts";

const measurement = (value: number | null, unit: string, simulated: boolean, asOf: string | null): Measurement => ({
  value,
  unit,
  source: "measured",
  simulated,
  asOf,
  coverage: null,
});

type Seen = { simulated: boolean; reader: Reader };

function toJourney(row: TenantFacts, health: TenantHealth | undefined, { simulated, reader }: Seen): JourneyTenant {
  const route = health?.routes.find((candidate) => candidate.adapterId === row.facts.adapter?.id);
  const { live, candidate, cutover } = row.facts;
  const isStaff = reader.scope.kind === "platform";
  const asOf = health?.checkedAt ?? null;
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    status: row.facts.status,
    adapterId: row.facts.adapter?.id ?? null,
    health: {
      state: health?.state ?? "unknown",
      sentence: health?.sentence ?? "Not polled yet.",
      since: health?.since ?? null,
      checkedAt: asOf,
    },
    nextStep: nextStep(row.facts, reader),
    live: live && { ...live, since: row.liveSince?.toISOString() ?? null },
    rolledBack:
      candidate?.rollback && !cutover
        ? { ...rollbackFor(isStaff, candidate.rollback), versionId: candidate.id, number: candidate.number }
        : null,
    routableNodes: route?.routableNodes ?? null,
    p95: withError(measurement(route?.p95Ms ?? null, "ms", simulated, asOf)),
    fallbackShare: measurement(route?.fallbackShare ?? null, "ratio", simulated, asOf),
    requestCount: route?.requestCount ?? 0,
  };
}

/** How many tenants are judged at a time while a health is looked for, and when all are counted. */
const SCANNED = 200;
const ALL_AT_ONCE = 1_000;

export type JourneyFilter = TenantFilter & { health?: ServiceState | undefined };

/**
 * A page of tenants with their health and their next step. Health is computed, not stored: with `health`, tenants are
 * judged page by page until the page is full or there are no more.
 */
export async function listJourneys(ctx: Ctx, { health, ...filter }: JourneyFilter): Promise<Page<JourneyTenant>> {
  if (health === undefined) return judgedPage(ctx, filter);
  const found: JourneyTenant[] = [];
  let { cursor } = filter;
  do {
    const page = await judgedPage(ctx, { ...filter, limit: SCANNED, cursor });
    found.push(...page.items.filter((tenant) => tenant.health.state === health));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && found.length <= filter.limit);
  return toPage(found, filter.limit);
}

/** Every tenant's state and next step, without their latency and since when the state lasts. */
export async function allStates(ctx: Ctx): Promise<JourneyTenant[]> {
  const all: JourneyTenant[] = [];
  let cursor: string | undefined;
  do {
    const page = await judgedPage(ctx, { limit: ALL_AT_ONCE, cursor }, "state");
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

async function judgedPage(ctx: Ctx, filter: TenantFilter, reach: HealthReach = "whole"): Promise<Page<JourneyTenant>> {
  const page = await listTenantFacts(ctx.tx, filter, ctx.clock.now());
  await noteExpiry(ctx, page.items);
  const health = await healthOfTenants(
    ctx,
    page.items.map((row) => row.id),
    reach,
  );
  const simulated = await isSimulated(ctx.tx);
  return { ...page, items: page.items.map((row) => toJourney(row, health.get(row.id), { simulated, reader: ctx })) };
}

/** Passes that no longer stand. What they were found under is not for customers, to whom a pass is a pass until it is used. */
async function noteExpiry(ctx: Ctx, rows: readonly TenantFacts[]): Promise<void> {
  if (ctx.scope.kind === "tenant") return;
  const passed = rows.flatMap(({ facts }) => (facts.candidate?.verdict === "pass" ? [facts.candidate] : []));
  const gates = await readGates(
    ctx,
    passed.map(({ id }) => id),
  );
  for (const candidate of passed) candidate.expired = gates.get(candidate.id)?.expired ?? [];
}

/** @throws AppError `not_found` outside the caller's scope */
export async function getJourney(ctx: Ctx, tenantId: string): Promise<JourneyTenant> {
  const page = await listJourneys(ctx, { tenantId, limit: 1 });
  const found = page.items.find((tenant) => tenant.id === tenantId);
  if (!found) throw notFound("tenant");
  return found;
}
