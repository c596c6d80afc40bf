import { identityRoutes } from "#lib/identity/routes.ts";
import { poolRoutes } from "#lib/pools/routes.ts";
import { registryRoutes } from "#lib/registry/routes.ts";

/** Every endpoint of /api/v1, room by room. The client's types and the OpenAPI document are made from this list. */
export const routes = [...identityRoutes, ...poolRoutes, ...registryRoutes] as const;
