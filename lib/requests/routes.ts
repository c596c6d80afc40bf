import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import {
  FallbackEpisodeSchema,
  FallbackQuery,
  RequestQuery,
  RequestRowSchema,
  RequestSchema,
} from "./browser/request-schema.ts";
import { TrafficSchema } from "./browser/traffic-schema.ts";
import { UsageQuery, UsageSchema } from "./browser/usage-schema.ts";
import { chartRoutes } from "./charts/chart-routes.ts";
import { listFallbacks } from "./list-fallbacks.ts";
import { listRequests } from "./list-requests.ts";
import { showRequest } from "./show-request.ts";
import { readTraffic } from "./traffic/read-traffic.ts";
import { downloadUsage, readUsage } from "./usage/read-usage.ts";

/** Requests through the gateway: one, many, now, and what they came to. */
export const requestRoutes = [
  ...chartRoutes,
  route(
    "GET /requests",
    {
      summary: "Requests, newest first",
      description:
        "Without a range those of the last 24 hours. Customers get their own, without the nodes that answered. Kept for 31 days; never any content.",
      action: "tenant.read",
      query: RequestQuery,
      ok: pageOf(RequestRowSchema),
    },
    ({ ctx, query }) => listRequests(ctx, query),
  ),
  route(
    "GET /requests/{requestId}",
    {
      summary: "One request: who answered, why, and where the time went",
      description: "By the id in the reply's `x-request-id`. It is stored within a second of its end.",
      action: "tenant.read",
      params: z.object({ requestId: idOf("req") }),
      ok: RequestSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showRequest(ctx, params.requestId),
  ),
  route(
    "GET /fallbacks",
    {
      summary: "When something else than the asked for answered, newest first",
      description: "A minute without such an answer ends an episode. Customers get their own.",
      action: "tenant.read",
      query: FallbackQuery,
      ok: pageOf(FallbackEpisodeSchema),
    },
    ({ ctx, query }) => listFallbacks(ctx, query),
  ),
  route(
    "GET /usage",
    {
      summary: "What customers used: requests, tokens, errors, times",
      description:
        "Counted by the gateways, by the minute; what is older than two days, by the hour. Quantiles come from summed buckets. Customers get their own.",
      action: "tenant.read",
      query: UsageQuery,
      ok: UsageSchema,
    },
    ({ ctx, query }) => readUsage(ctx, query),
  ),
  route(
    "GET /usage.csv",
    {
      summary: "Download what customers used",
      description:
        "A line a group, as a table for people's spreadsheets; every line says of which time and from where. It is never cut short. Customers get their own.",
      action: "tenant.read",
      query: UsageQuery,
      ok: null,
      download: true,
      errors: ["invalid"],
    },
    ({ ctx, query }) => downloadUsage(ctx, query),
  ),
  route(
    "GET /traffic",
    {
      summary: "What runs and waits at this moment, by node, pool and tenant",
      description:
        "All gateways together, as they report it every 2 s, beside the requests of the last 5 minutes. Without a live gateway what runs is unknown.",
      action: "fleet.read",
      ok: TrafficSchema,
    },
    ({ ctx }) => readTraffic(ctx),
  ),
] as const;
