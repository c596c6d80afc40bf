import type { Ctx } from "#lib/identity/ctx.ts";
import { readNodeResidency } from "#lib/metrics/residency/read-residency.ts";
import type { ResidencyTier } from "#lib/metrics/schema.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { ExpectedTier } from "#lib/requests/trace/trace.ts";
import { readLiveReports } from "#lib/requests/traffic/live-reports.ts";
import type { RouteExplanation, RouteQuery } from "../browser/route-schema.ts";
import { whyClosed } from "../front/identify-caller.ts";
import { explainRoute, type RouteFacts } from "../routing/explain-route.ts";
import { loadOfReports } from "../routing/load-of-reports.ts";
import { resolveTarget, type Target } from "../routing/resolve-target.ts";
import { loadSnapshot } from "../snapshot/load-snapshot.ts";
import type { Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import { readVersionPlaces } from "./explain-store.ts";

/**
 * Where a tenant's request would go at this moment, and why: the gateway's own decision, made here from the catalog and from
 * what the gateways report.
 * @throws AppError `not_found`
 */
export async function explainTenant(ctx: Ctx, tenantId: string, query: RouteQuery): Promise<RouteExplanation> {
  const { db, secrets, log, clock } = ctx.deps;
  const snapshot = await loadSnapshot({ db, secrets, log, now: clock.now });
  const tenant = snapshot.tenants.get(tenantId);
  if (!tenant) throw notFound("tenant");
  const { reports, asOf } = await readLiveReports(ctx.tx, clock.now());
  const grounds = { readAt: snapshot.readAt.toISOString(), asOf: asOf?.toISOString() ?? null };
  const pins = { versionId: query.versionId ?? null, nodeId: null, kind: "user" as const };
  const target = whyClosed(tenant) ?? resolveTarget(query.model ?? null, tenant, pins, snapshot);
  if ("status" in target) return { kind: "refused", rejection: target, ...grounds };
  const { load, traffic } = loadOfReports(reports);
  const facts: RouteFacts = { traffic, ...(await factsOf(ctx, tenant, snapshot)) };
  // the answer is for a conversation that is not part of a split, and tells of the split beside it
  const ask = { tenant, target, unit: () => 1, mirrorUnit: () => 0, now: clock.now() };
  const explanation = explainRoute(ask, snapshot, load, facts);
  if (explanation.kind === "refused") return { ...explanation, ...grounds };
  const adapter = target.kind === "adapter" ? target.adapter : null;
  return {
    ...explanation,
    mirror: explanation.mirror && { ...explanation.mirror, share: adapter?.mirror?.share ?? 0 },
    split: splitOf(target, snapshot),
    ...grounds,
  };
}

function splitOf(target: Target, snapshot: Snapshot) {
  const candidate = target.kind === "adapter" ? target.adapter.candidate : null;
  const version = candidate && snapshot.versions.get(candidate.versionId);
  return candidate && version
    ? { versionId: version.id, versionNumber: version.number, weight: candidate.weight }
    : null;
}

/** What is known of the tenant's versions on the nodes of its pools. */
async function factsOf(
  ctx: Ctx,
  tenant: TenantEntry,
  snapshot: Snapshot,
): Promise<Pick<RouteFacts, "placements" | "registrations" | "tierOf">> {
  const versions = [...snapshot.versions.values()].filter((version) => version.tenantId === tenant.id);
  const nodeIds = new Set(versions.flatMap((version) => version.routableOn));
  const tiers = new Map<string, ExpectedTier>();
  for (const nodeId of nodeIds)
    for (const { loraName, tier } of (await readNodeResidency(ctx, nodeId)).items)
      tiers.set(`${nodeId} ${loraName}`, expectedTier(tier));
  return {
    ...(await readVersionPlaces(
      ctx.tx,
      versions.map((version) => version.id),
    )),
    tierOf: (nodeId, loraName) => tiers.get(`${nodeId} ${loraName}`) ?? "unknown",
  };
}

/** What is in neither tier of the engine's cache comes from disk. */
function expectedTier(tier: ResidencyTier): ExpectedTier {
  switch (tier) {
    case "gpu":
    case "cpu":
    case "unknown":
      return tier;
    case "absent":
      return "disk";
  }
}
