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
      summary: "List requests, newest first",
      description:
        "Without a range, returns the last 24 hours. Customers see only their own, without node names. Requests are kept for 31 days, without content.",
      action: "tenant.read",
      query: RequestQuery,
      ok: pageOf(RequestRowSchema),
    },
    ({ ctx, query }) => listRequests(ctx, query),
  ),
  route(
    "GET /requests/{requestId}",
    {
      summary: "Read a request: what answered it, why, and where the time went",
      description: "The id is in the reply's `x-request-id` header. A request is stored within a second of its end.",
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
      summary: "List fallback episodes, newest first",
      description: "A minute without a fallback answer ends an episode. Customers see only their own.",
      action: "tenant.read",
      query: FallbackQuery,
      ok: pageOf(FallbackEpisodeSchema),
    },
    ({ ctx, query }) => listFallbacks(ctx, query),
  ),
  route(
    "GET /usage",
    {
      summary: "Read usage: requests, tokens, errors and times",
      description:
        "Counted by the gateways per minute, and per hour after two days. Quantiles come from summed buckets. Customers see only their own.",
      action: "tenant.read",
      query: UsageQuery,
      ok: UsageSchema,
    },
    ({ ctx, query }) => readUsage(ctx, query),
  ),
  route(
    "GET /usage.csv",
    {
      summary: "Download usage as CSV",
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
      summary: "Read current traffic: running and waiting requests by node, pool and tenant",
      description:
        "All gateways together, as they report it every 2 s, beside the requests of the last 5 minutes. Without a live gateway what runs is unknown.",
      action: "fleet.read",
      ok: TrafficSchema,
    },
    ({ ctx }) => readTraffic(ctx),
  ),
] as const;
