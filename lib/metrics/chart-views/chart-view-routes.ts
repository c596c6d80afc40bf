import * as z from "zod";
import { idOf, PageQuery } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { ChartViewPage, ChartViewSchema, SaveChartView } from "../browser/chart-view-schema.ts";
import { removeChartView, saveChartView } from "./change-chart-view.ts";
import { listChartViews } from "./chart-view-store.ts";

/** What staff look at again. */
export const chartViewRoutes = [
  route(
    "GET /chart-views",
    {
      summary: "List saved views of the charts page, by name",
      action: "fleet.read",
      query: PageQuery,
      ok: ChartViewPage,
    },
    ({ ctx, query }) => listChartViews(ctx.tx, query),
  ),
  route(
    "POST /chart-views",
    {
      summary: "Save a view of the charts page for all staff",
      action: "fleet.operate",
      body: SaveChartView,
      ok: ChartViewSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => saveChartView(ctx, body),
  ),
  route(
    "DELETE /chart-views/{viewId}",
    {
      summary: "Remove a saved view",
      action: "fleet.operate",
      params: z.object({ viewId: idOf("cvw") }),
      ok: null,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      await removeChartView(ctx, params.viewId);
      return undefined;
    },
  ),
] as const;
