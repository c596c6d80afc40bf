import { adapterRoutes } from "./adapters/adapter-routes.ts";
import { intakeRoutes } from "./intake/intake-routes.ts";
import { tenantRoutes } from "./tenants/tenant-routes.ts";
import { versionRoutes } from "./versions/version-routes.ts";

/** This room's part of the API. */
export const registryRoutes = [...tenantRoutes, ...adapterRoutes, ...versionRoutes, ...intakeRoutes] as const;
