import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { CacheSourcesSchema } from "./browser/cache-sources-schema.ts";
import { ResidencyMapQuery, ResidencyMapSchema } from "./browser/residency-map-schema.ts";
import { NodeSwapsSchema, SwapRangeQuery, SwapsQuery } from "./browser/swaps-schema.ts";
import { chartViewRoutes } from "./chart-views/chart-view-routes.ts";
import { readCacheSources } from "./derived/read-cache-sources.ts";
import { readResidencyMap } from "./derived/read-residency-map.ts";
import { readNodeSwaps } from "./derived/read-swaps.ts";
import { readNodeResidency } from "./residency/read-residency.ts";
import { NodeResidencySchema } from "./schema.ts";

/** What nodes did, for staff: where adapters lie, what was swapped, and saved views of charts. */
export const metricsRoutes = [
  ...chartViewRoutes,
  route(
    "GET /nodes/{nodeId}/residency",
    {
      summary: "Where a node's adapters lie: slot, host memory or disk",
      description:
        "Measured by the Switchyard plugin inside the node's vLLM, or by vLLM itself where it lists what is loaded. Without either each loaded name's tier is unknown, and the note says what would tell.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      ok: NodeResidencySchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readNodeResidency(ctx, params.nodeId),
  ),
  route(
    "GET /nodes/{nodeId}/swaps",
    {
      summary: "Whose weights a node brought in, from where, and whose had to go",
      description:
        "Derived from our own requests and loads by an exact model of vLLM's two tiers; inferred while a tier may hold adapters that were loaded unobserved. The last hour unless a range of at most a day is given.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      query: SwapsQuery,
      ok: NodeSwapsSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => readNodeSwaps(ctx, params.nodeId, query),
  ),
  route(
    "GET /nodes/{nodeId}/residency-map",
    {
      summary: "Where a node's adapters lay over a range",
      description:
        "Derived from our own requests and loads by an exact model of vLLM's two tiers, as neither vLLM nor the plugin keeps what was; inferred, and unknown for what was not used, while something may lie there that nobody saw come in. The last hour unless a range of at most 6 hours is given. Requests that still run are not in it yet.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      query: ResidencyMapQuery,
      ok: ResidencyMapSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => readResidencyMap(ctx, params.nodeId, query),
  ),
  route(
    "GET /nodes/{nodeId}/cache-sources",
    {
      summary: "How far a node's evictions and swaps can be trusted",
      description:
        "Whether others than Switchyard use the node, since when what is derived has been exact, and what the node counted beside what was derived for the same minutes. The last hour unless a range of at most a day is given.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      query: SwapRangeQuery,
      ok: CacheSourcesSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => readCacheSources(ctx, params.nodeId, query),
  ),
] as const;
