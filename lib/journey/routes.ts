import * as z from "zod";
import { SERVICE_STATES } from "#lib/alerting/schema.ts";
import { PageQuery } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { TENANT_STATUSES } from "#lib/registry/schema.ts";
import { ChangesPage, ChangesQuery } from "./browser/changes-schema.ts";
import { listChanges } from "./changes/list-changes.ts";
import { consequenceRoutes } from "./consequences/consequence-routes.ts";
import { deadManRoutes } from "./dead-man/dead-man-routes.ts";
import { reportRoutes } from "./gate-report/report-routes.ts";
import { offboardingRoutes } from "./offboarding/offboarding-routes.ts";
import { readFirstRun } from "./read-first-run.ts";
import { getJourney, listJourneys } from "./read-journey.ts";
import { readOverview } from "./read-overview.ts";
import { FirstRunSchema, JourneyPage, JourneyTenantSchema, OverviewSchema } from "./schema.ts";
import { systemRoutes } from "./system/system-routes.ts";

export const journeyRoutes = [
  ...offboardingRoutes,
  ...consequenceRoutes,
  ...reportRoutes,
  route(
    "GET /journey/tenants",
    {
      summary: "List tenants with their health and next step",
      action: "tenant.read",
      query: PageQuery.extend({
        q: z.string().max(80).optional(),
        health: z.enum(SERVICE_STATES).optional(),
        /** Left out: all but archived ones. */
        status: z.enum(TENANT_STATUSES).optional(),
      }),
      ok: JourneyPage,
    },
    ({ ctx, query }) => listJourneys(ctx, query),
  ),
  route(
    "GET /journey/tenants/{tenantId}",
    {
      summary: "Read a tenant's health and next step",
      action: "tenant.read",
      params: z.object({ tenantId: z.string() }),
      ok: JourneyTenantSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => getJourney(ctx, params.tenantId),
  ),
  route("GET /overview", { summary: "Read the overview page", action: "fleet.read", ok: OverviewSchema }, ({ ctx }) =>
    readOverview(ctx),
  ),
  route(
    "GET /first-run",
    { summary: "Read the first-run checklist", action: "fleet.read", ok: FirstRunSchema },
    ({ ctx }) => readFirstRun(ctx),
  ),
  route(
    "GET /changes",
    {
      summary: "List all changes, newest first, with their author and differences",
      description:
        "Loads, restarts, cutovers, controls, settings, keys and edits on one time line, of the whole fleet or of one pool, node or tenant.",
      action: "fleet.read",
      query: ChangesQuery,
      ok: ChangesPage,
      errors: ["not_found"],
    },
    ({ ctx, query }) => listChanges(ctx, query),
  ),
  ...systemRoutes,
  ...deadManRoutes,
] as const;
