import { pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { alertRoutes } from "./alerts/alert-routes.ts";
import { channelRoutes } from "./channels/channel-routes.ts";
import { findingRoutes } from "./findings/finding-routes.ts";
import { listTenantHealth } from "./health/health.ts";
import { objectiveRoutes } from "./objectives/objective-routes.ts";
import { TenantHealthQuery, TenantHealthSchema } from "./schema.ts";

/** Alerts, notification channels, objectives, findings, and the health of services. */
export const alertingRoutes = [
  ...alertRoutes,
  ...channelRoutes,
  ...objectiveRoutes,
  ...findingRoutes,
  route(
    "GET /health/tenants",
    {
      summary: "List the health of tenants, each judged by its worst route",
      action: "tenant.read",
      query: TenantHealthQuery,
      ok: pageOf(TenantHealthSchema),
    },
    ({ ctx, query }) => listTenantHealth(ctx, query),
  ),
] as const;
