import type { Ctx } from "#lib/identity/ctx.ts";
import { isLowSample } from "#lib/metrics/browser/low-sample.ts";
import { chartRange } from "#lib/metrics/charts/chart-range.ts";
import { figuresOf, type MakeFigure } from "#lib/metrics/figure.ts";
import type { TraceBucket } from "#lib/requests/charts/trace-chart.ts";
import { namesOfParts } from "#lib/requests/charts/trace-chart-store.ts";
import { readTraces } from "#lib/requests/trace-packs/trace-pack-store.ts";
import type { RankedTenant, TenantRanking, TenantRankQuery } from "../browser/rank-schema.ts";
import { listAccepted } from "./objective-store.ts";
import { overObjective, rankTenants, type TenantOverRange } from "./rank-tenants.ts";

type Judged = TenantOverRange & { part: TraceBucket };

/**
 * The tenants whose requests were furthest over their accepted end-to-end p95, from the gateway's trace.
 * @throws AppError `invalid` for a range that is empty or longer than 31 days
 */
export async function readWorstTenants(ctx: Ctx, query: TenantRankQuery): Promise<TenantRanking> {
  const range = chartRange(query, ctx.clock.now());
  const traces = await readTraces(ctx.tx, {
    ...{ ...range, by: "tenant", timed: "whole" },
    ...{ counts: ["answered", "fellBack"], quantiles: [0.95] },
  });
  const parts = traces.cells.wholes();
  const objectives = new Map(
    (await listAccepted(ctx.tx)).flatMap(({ tenantId, kind, target }) =>
      kind === "latency_p95" && tenantId !== null ? [[tenantId, target] as const] : [],
    ),
  );
  const ids = parts.map(({ key }) => key);
  const names = await namesOfParts(ctx.tx, "tenant", ids);
  // a request without a tenant, or of one that is gone, is nobody's
  const known = parts.filter(({ key }) => key.startsWith("ten_") && names.has(key));
  const ranked = rankTenants(
    known.map(
      (part): Judged => ({
        tenantId: part.key,
        p95Ms: part.durationsMs?.[1] ?? null,
        objectiveMs: objectives.get(part.key) ?? null,
        fallbackShare: part.answered === 0 ? null : part.fellBack / part.answered,
        part,
      }),
    ),
  );
  return {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    items: ranked
      .slice(0, query.limit)
      .map((tenant) => toWire(tenant, names.get(tenant.tenantId) ?? "", figuresOf({ ...traces, asOf: traces.lastAt }))),
    seen: known.length,
  };
}

function toWire(tenant: Judged, tenantName: string, figure: MakeFigure): RankedTenant {
  const { tenantId, p95Ms, objectiveMs, fallbackShare, part } = tenant;
  return {
    ...{ tenantId, tenantName, objectiveMs },
    p95: figure(p95Ms, "ms"),
    overObjective: objectiveMs === null ? null : figure(overObjective(tenant), "×"),
    requests: figure(part.requests, "count"),
    fallbackShare: figure(fallbackShare, "ratio"),
    isLowSample: p95Ms !== null && isLowSample(part.timed),
  };
}
