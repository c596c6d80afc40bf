import { alertingRoutes } from "#lib/alerting/routes.ts";
import { cutoverRoutes } from "#lib/cutover/routes.ts";
import { evalRoutes } from "#lib/evals/routes.ts";
import { fleetRoutes } from "#lib/fleet/routes.ts";
import { gatewayRoutes } from "#lib/gateway/routes.ts";
import { identityRoutes } from "#lib/identity/routes.ts";
import { incidentRoutes } from "#lib/incidents/routes.ts";
import { jobRoutes } from "#lib/jobs/routes.ts";
import { journeyRoutes } from "#lib/journey/routes.ts";
import { metricsRoutes } from "#lib/metrics/routes.ts";
import { poolRoutes } from "#lib/pools/routes.ts";
import { registryRoutes } from "#lib/registry/routes.ts";
import { requestRoutes } from "#lib/requests/routes.ts";

/** Every endpoint of /api/v1, room by room. The client's types and the OpenAPI document are made from this list. */
export const routes = [
  ...identityRoutes,
  ...jobRoutes,
  ...poolRoutes,
  ...registryRoutes,
  ...fleetRoutes,
  ...metricsRoutes,
  ...requestRoutes,
  ...alertingRoutes,
  ...incidentRoutes,
  ...evalRoutes,
  ...cutoverRoutes,
  ...journeyRoutes,
  ...gatewayRoutes,
] as const;
