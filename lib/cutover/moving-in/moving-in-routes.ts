import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { RouteSchema } from "#lib/registry/schema.ts";
import { EndOrigin, MovingInPage, MovingInQuery, PutOrigin } from "../browser/moving-in-schema.ts";
import { endOrigin, putOrigin } from "./change-origin.ts";
import { listMovingIn } from "./list-moving-in.ts";

const AdapterParams = z.object({ adapterId: idOf("adp") });

export const movingInRoutes = [
  route(
    "GET /moving-in",
    {
      summary: "List adapters that start at their customer's current endpoint, and what moving in frees",
      action: "fleet.read",
      query: MovingInQuery,
      ok: MovingInPage,
    },
    ({ ctx, query }) => listMovingIn(ctx, query),
  ),
  route(
    "PUT /adapters/{adapterId}/origin",
    {
      summary: "Set the endpoint that serves a customer today, while no version is live",
      description: "Requests go there immediately. null removes it. If-Match names the route's generation.",
      action: "cutover.start",
      params: AdapterParams,
      body: PutOrigin,
      ok: RouteSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) => putOrigin(ctx, { ...body, ...params, expectedGeneration }),
  ),
  route(
    "POST /adapters/{adapterId}/origin/end",
    {
      summary: "Record that a customer's own endpoint was switched off",
      description: "No request goes there afterwards. If-Match names the route's generation.",
      action: "cutover.start",
      params: AdapterParams,
      body: EndOrigin,
      ok: RouteSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) => endOrigin(ctx, { ...body, ...params, expectedGeneration }),
  ),
] as const;
