import { adapterRoutes } from "./adapters/adapter-routes.ts";
import { compareRoutes } from "./compare/compare-routes.ts";
import { contractRoutes } from "./contract/contract-routes.ts";
import { deletionRoutes } from "./deletion/deletion-routes.ts";
import { endpointRoutes } from "./endpoints/endpoint-routes.ts";
import { importRoutes } from "./imports/import-routes.ts";
import { intakeRoutes } from "./intake/intake-routes.ts";
import { integrityRoutes } from "./integrity/integrity-routes.ts";
import { sourceRoutes } from "./sources/source-routes.ts";
import { tenantRoutes } from "./tenants/tenant-routes.ts";
import { versionRoutes } from "./versions/version-routes.ts";

/** This room's part of the API. */
export const registryRoutes = [
  ...tenantRoutes,
  ...adapterRoutes,
  ...compareRoutes,
  ...contractRoutes,
  ...versionRoutes,
  ...deletionRoutes,
  ...intakeRoutes,
  ...importRoutes,
  ...integrityRoutes,
  ...sourceRoutes,
  ...endpointRoutes,
] as const;
