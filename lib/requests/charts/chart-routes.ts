import * as z from "zod";
import { route } from "#lib/identity/route.ts";
import { CHART_METRICS } from "#lib/metrics/browser/chart-metrics.ts";
import { chartRange } from "#lib/metrics/charts/chart-range.ts";
import { marksOfChart, recentEvents } from "#lib/metrics/marks/events.ts";
import {
  AnnotationListSchema,
  AnnotationQuery,
  ChartQuery,
  ChartSchema,
  ChartSheetQuery,
  RecentEventsQuery,
} from "#lib/metrics/schema.ts";
import { downloadChart } from "./download-chart.ts";
import { readChart, readScope } from "./read-chart.ts";

/** Charts and marks on the time line, for staff and, of their own, for customers. */
export const chartRoutes = [
  route(
    "GET /charts/{metric}",
    {
      summary: "Read a chart",
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
      summary: "List marks on the time line, newest first",
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
      summary: "List the newest marks",
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
] as const;
