import type { Ctx } from "#lib/identity/ctx.ts";
import { isLowSample } from "#lib/metrics/browser/low-sample.ts";
import { chartRange } from "#lib/metrics/charts/chart-range.ts";
import { type MakeMeasurement, measurementsOf } from "#lib/metrics/measurement.ts";
import { namesOfParts } from "#lib/requests/charts/part-names-store.ts";
import { originOf } from "#lib/requests/charts/request-cells.ts";
import { quantileOf, readStored, withError } from "#lib/requests/usage/durations.ts";
import { readUsageSums, type UsageSum } from "#lib/requests/usage/usage-sums-store.ts";
import type { RankedTenant, TenantRanking, TenantRankQuery } from "../browser/rank-schema.ts";
import { listAccepted } from "./objective-store.ts";
import { overObjective, rankTenants, type TenantOverRange } from "./rank-tenants.ts";

type Judged = TenantOverRange & { sum: UsageSum };

/**
 * The tenants whose requests were furthest over their accepted end-to-end p95, as gateways counted them.
 * @throws AppError `invalid` for a range that is empty or longer than 31 days
 */
export async function readWorstTenants(ctx: Ctx, query: TenantRankQuery): Promise<TenantRanking> {
  const range = chartRange(query, ctx.clock.now());
  const sums = await readUsageSums(ctx.tx, {
    ...{ from: range.from, to: range.to, stepSeconds: null, by: ["tenant"], with: ["latency"] },
  });
  const objectives = new Map(
    (await listAccepted(ctx.tx)).flatMap(({ tenantId, kind, target }) =>
      kind === "latency_p95" && tenantId !== null ? [[tenantId, target] as const] : [],
    ),
  );
  const ids = sums.map(({ keys }) => keys[0] ?? "");
  const names = await namesOfParts(ctx.tx, "tenant", ids);
  // a request of a tenant that is gone is nobody's
  const known = sums.filter(({ keys }) => names.has(keys[0] ?? ""));
  const ranked = rankTenants(
    known.map((sum): Judged => {
      const tenantId = sum.keys[0] ?? "";
      return {
        tenantId,
        p95Ms: quantileOf(readStored(sum.stored.latency), 0.95),
        objectiveMs: objectives.get(tenantId) ?? null,
        fallbackShare: sum.answered === 0 ? null : sum.fallbacks / sum.answered,
        sum,
      };
    }),
  );
  const { simulated, lastAt } = originOf(sums);
  return {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    items: ranked
      .slice(0, query.limit)
      .map((tenant) => toWire(tenant, names.get(tenant.tenantId) ?? "", measurementsOf({ simulated, asOf: lastAt }))),
    seen: known.length,
  };
}

function toWire(tenant: Judged, tenantName: string, make: MakeMeasurement): RankedTenant {
  const { tenantId, p95Ms, objectiveMs, fallbackShare, sum } = tenant;
  return {
    ...{ tenantId, tenantName, objectiveMs },
    p95: withError(make(p95Ms, "ms")),
    overObjective: objectiveMs === null ? null : make(overObjective(tenant), "×"),
    requests: make(sum.requests, "count"),
    fallbackShare: make(fallbackShare, "ratio"),
    isLowSample: p95Ms !== null && isLowSample(sum.answered),
  };
}
