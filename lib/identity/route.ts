import { routeFactory } from "#lib/http/route.ts";
import type { Ctx } from "./ctx.ts";
import type { Action } from "./policy.ts";

/** Declares one endpoint of a room: `route("GET /tenants", { summary, action, ok, … }, async ({ ctx, query }) => …)`. */
export const { route, routeWithPrepare, rawRoute } = routeFactory<Ctx, Action>();
