import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { CacheSourcesSchema } from "./browser/cache-sources-schema.ts";
import { ResidencyMapQuery, ResidencyMapSchema } from "./browser/residency-map-schema.ts";
import { NodeSwapsSchema, SwapRangeQuery, SwapsQuery } from "./browser/swaps-schema.ts";
import { chartViewRoutes } from "./chart-views/chart-view-routes.ts";
import { readCacheSources } from "./derived/read-cache-sources.ts";
import { readResidencyMap } from "./derived/read-residency-map.ts";
import { readNodeSwaps } from "./derived/read-swaps.ts";
import { listNodeSlots, readNodeResidency } from "./residency/read-residency.ts";
import { NodeResidencySchema, NodeSlotsQuery, NodeSlotsSchema } from "./schema.ts";

/** What nodes did, for staff: where adapters lie, what was swapped, and saved views of charts. */
export const metricsRoutes = [
  ...chartViewRoutes,
  route(
    "GET /nodes/{nodeId}/residency",
    {
      summary: "Read where a node's adapters are: GPU slot, host memory or disk",
      description:
        "Measured by the Switchyard plugin inside the node's vLLM, or by vLLM itself where it lists what is loaded. Without either, each loaded name's tier is unknown, and the note says how to measure it.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      ok: NodeResidencySchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readNodeResidency(ctx, params.nodeId),
  ),
  route(
    "GET /node-slots",
    {
      summary: "List how many GPU slots and CPU cache places of each node are in use",
      description:
        "As `GET /nodes/{nodeId}/residency` counts them, for many nodes in one answer, newest node first. Without a plugin the used number is unknown, and the note says how to measure it.",
      action: "fleet.read",
      query: NodeSlotsQuery,
      ok: pageOf(NodeSlotsSchema),
    },
    ({ ctx, query }) => listNodeSlots(ctx, query),
  ),
  route(
    "GET /nodes/{nodeId}/swaps",
    {
      summary: "List the adapters whose weights a node loaded, from which tier, and those it evicted",
      description:
        "Derived from Switchyard's own requests and loads by an exact model of vLLM's two tiers. Inferred while a tier may hold adapters that were loaded unobserved. Covers the last hour, or a given range of at most a day.",
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
      summary: "Read where a node's adapters were over a range",
      description:
        "Derived from Switchyard's own requests and loads by an exact model of vLLM's two tiers, updated every 30 s. Inferred while a tier may hold adapters that were loaded unobserved; then unused adapters are unknown. Covers the last hour, or a given range of at most 6 hours. Running requests are not included.",
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
      summary: "Read how accurate a node's evictions and swaps are",
      description:
        "Says whether other clients use the node, and since when derived values are exact. Compares the node's counters with the derived values of the same minutes. Covers the last hour, or a given range of at most a day.",
      action: "fleet.read",
      params: z.object({ nodeId: idOf("node") }),
      query: SwapRangeQuery,
      ok: CacheSourcesSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => readCacheSources(ctx, params.nodeId, query),
  ),
] as const;
