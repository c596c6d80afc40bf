import { explainRoutes } from "./explain/explain-routes.ts";
import { tryRoutes } from "./try/try-routes.ts";

/** What the gateway's room adds to the API of the console; customers' own traffic never comes here. */
export const gatewayRoutes = [...tryRoutes, ...explainRoutes] as const;
