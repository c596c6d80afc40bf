import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { alertRoutes } from "./alerts/alert-routes.ts";
import { CacheSourcesSchema } from "./browser/cache-sources-schema.ts";
import { CHART_METRICS } from "./browser/chart-metrics.ts";
import { ResidencyMapQuery, ResidencyMapSchema } from "./browser/residency-map-schema.ts";
import { NodeSwapsSchema, SwapRangeQuery, SwapsQuery } from "./browser/swaps-schema.ts";
import { channelRoutes } from "./channels/channel-routes.ts";
import { chartRange } from "./chart-range.ts";
import { chartViewRoutes } from "./chart-views/chart-view-routes.ts";
import { readCacheSources } from "./derived/read-cache-sources.ts";
import { readResidencyMap } from "./derived/read-residency-map.ts";
import { readNodeSwaps } from "./derived/read-swaps.ts";
import { downloadChart } from "./download-chart.ts";
import { marksOfChart, recentEvents } from "./events.ts";
import { findingRoutes } from "./findings/finding-routes.ts";
import { listTenantHealth } from "./health.ts";
import { incidentRoutes } from "./incidents/incident-routes.ts";
import { objectiveRoutes } from "./objectives/objective-routes.ts";
import { readChart, readScope } from "./read-chart.ts";
import { readNodeResidency } from "./read-residency.ts";
import { requestRoutes } from "./request-routes.ts";
import {
  AnnotationListSchema,
  AnnotationQuery,
  ChartQuery,
  ChartSchema,
  ChartSheetQuery,
  NodeResidencySchema,
  RecentEventsQuery,
  TenantHealthQuery,
  TenantHealthSchema,
} from "./schema.ts";

/** Charts, marks on the time line and the health of services, for staff and, of their own, for customers. */
export const telemetryRoutes = [
  ...requestRoutes,
  ...alertRoutes,
  ...incidentRoutes,
  ...channelRoutes,
  ...objectiveRoutes,
  ...findingRoutes,
  ...chartViewRoutes,
  route(
    "GET /charts/{metric}",
    {
      summary: "One chart",
      description:
        "At most 300 points a series. A point is null where nothing was seen. With `by`, a line for each of the ten parts with the largest figure over the range, and one for the rest. Customers get latency, ttft, inter-token, requests, throughput, errors and fallback-share of their own requests, by adapter if they wish.",
      action: "tenant.read",
      params: z.object({ metric: z.enum(CHART_METRICS) }),
      query: ChartQuery,
      ok: ChartSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => readChart(ctx, params.metric, query),
  ),
  route(
    "GET /charts/{metric}/series.csv",
    {
      summary: "Download one chart",
      description:
        "As a table for people's spreadsheets: first what it shows, a name and a value a line, then an empty line, then a line a step. Unknown values are empty cells. Customers get what `GET /charts/{metric}` shows them.",
      action: "tenant.read",
      params: z.object({ metric: z.enum(CHART_METRICS) }),
      query: ChartSheetQuery,
      ok: null,
      download: true,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => downloadChart(ctx, params.metric, query),
  ),
  route(
    "GET /annotations",
    {
      summary: "Marks on the time line, newest first",
      action: "tenant.read",
      query: AnnotationQuery,
      ok: AnnotationListSchema,
      errors: ["not_found"],
    },
    async ({ ctx, query }) => {
      const { from, to } = chartRange(query, ctx.clock.now());
      const { tenantId, within } = await readScope(ctx, query);
      return { items: await marksOfChart(ctx, { from, to, tenantId, within }), nextCursor: null };
    },
  ),
  route(
    "GET /events/recent",
    {
      summary: "The newest marks",
      action: "tenant.read",
      query: RecentEventsQuery,
      ok: AnnotationListSchema,
      errors: ["not_found"],
    },
    async ({ ctx, query }) => {
      const { tenantId, within } = await readScope(ctx, query);
      return { items: await recentEvents(ctx, { tenantId, within, limit: query.limit }), nextCursor: null };
    },
  ),
  route(
    "GET /health/tenants",
    {
      summary: "The health of tenants, each judged by its worst route",
      action: "tenant.read",
      query: TenantHealthQuery,
      ok: pageOf(TenantHealthSchema),
    },
    ({ ctx, query }) => listTenantHealth(ctx, query),
  ),
  route(
    "GET /nodes/{nodeId}/residency",
    {
      summary: "Where a node's adapters lie: slot, host memory or disk",
      description:
        "Measured by the Switchyard plugin inside the node's vLLM, or by vLLM itself where it lists what is loaded. Without either each loaded name's tier is unknown, and the note says what would tell.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      ok: NodeResidencySchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readNodeResidency(ctx, params.nodeId),
  ),
  route(
    "GET /nodes/{nodeId}/swaps",
    {
      summary: "Whose weights a node brought in, from where, and whose had to go",
      description:
        "Derived from our own requests and loads by an exact model of vLLM's two tiers; inferred while a tier may hold adapters that were loaded unobserved. The last hour unless a range of at most a day is given.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      query: SwapsQuery,
      ok: NodeSwapsSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => readNodeSwaps(ctx, params.nodeId, query),
  ),
  route(
    "GET /nodes/{nodeId}/residency-map",
    {
      summary: "Where a node's adapters lay over a range",
      description:
        "Derived from our own requests and loads by an exact model of vLLM's two tiers, as neither vLLM nor the plugin keeps what was; inferred, and unknown for what was not used, while something may lie there that nobody saw come in. The last hour unless a range of at most 6 hours is given. Requests that still run are not in it yet.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      query: ResidencyMapQuery,
      ok: ResidencyMapSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => readResidencyMap(ctx, params.nodeId, query),
  ),
  route(
    "GET /nodes/{nodeId}/cache-sources",
    {
      summary: "How far a node's evictions and swaps can be trusted",
      description:
        "Whether others than Switchyard use the node, since when what is derived has been exact, and what the node counted beside what was derived for the same minutes. The last hour unless a range of at most a day is given.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      query: SwapRangeQuery,
      ok: CacheSourcesSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => readCacheSources(ctx, params.nodeId, query),
  ),
] as const;
