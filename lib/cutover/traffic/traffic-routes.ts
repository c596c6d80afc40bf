import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { RouteSchema } from "#lib/registry/schema.ts";
import { PutTraffic } from "../browser/traffic-schema.ts";
import { setTraffic } from "./set-traffic.ts";

export const trafficRoutes = [
  route(
    "PUT /adapters/{adapterId}/traffic",
    {
      summary: "Give a version a share of the conversations, or copies of requests",
      description:
        "A share requires a passed gate of exactly this version, or a reason to override the gate. Omitted fields are cleared. If-Match names the route's generation.",
      action: "cutover.start",
      params: z.object({ adapterId: idOf("adp") }),
      body: PutTraffic,
      ok: RouteSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      setTraffic(ctx, { ...body, adapterId: params.adapterId, expectedGeneration }),
  ),
] as const;
