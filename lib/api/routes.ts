import { identityRoutes } from "#lib/identity/routes.ts";

/** Every endpoint of /api/v1, room by room. The client's types and the OpenAPI document are made from this list. */
export const routes = [...identityRoutes] as const;
