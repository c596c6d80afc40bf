import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { PoolMemorySchema, VersionMemorySchema } from "#lib/pools/browser/memory-schema.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { LoadEventSchema, ScrapeTargetSchema } from "../schema.ts";
import { readPoolMemory, readVersionMemory } from "./read-memory.ts";
import { scrapeTarget } from "./scrape-targets.ts";
import { listTargetNodes } from "./target-store.ts";
import { listVersionEvents } from "./version-event-store.ts";

const VersionParams = z.object({ versionId: idOf("ver") });

/** What the nodes make of one version, what adapters cost them, and where other monitoring systems find them. */
export const viewRoutes = [
  route(
    "GET /prometheus/targets",
    {
      summary: "The nodes, for Prometheus to find",
      description:
        "In the shape of http_sd_configs, a list and no page of one; the whole fleet. A key with the scope metrics:read is enough.",
      action: "metrics.read",
      ok: z.array(ScrapeTargetSchema),
    },
    async ({ ctx }) => (await listTargetNodes(ctx.tx)).map(scrapeTarget),
  ),
  route(
    "GET /versions/{versionId}/memory",
    {
      summary: "What a version takes on the nodes of its pool, and how much of that is padding",
      action: "fleet.read",
      params: VersionParams,
      ok: VersionMemorySchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readVersionMemory(ctx, params.versionId),
  ),
  route(
    "GET /pools/{poolId}/memory",
    {
      summary: "What a pool's adapter slots and CPU caches take, and what of it is padding",
      action: "fleet.read",
      params: z.object({ poolId: idOf("pool") }),
      ok: PoolMemorySchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readPoolMemory(ctx, params.poolId),
  ),
  route(
    "GET /versions/{versionId}/events",
    {
      summary: "What was done with a version on the nodes, newest first",
      action: "fleet.read",
      params: VersionParams,
      query: PageQuery,
      ok: pageOf(LoadEventSchema.extend({ nodeName: z.string().nullable() })),
      errors: ["not_found"],
    },
    async ({ ctx, params, query }) => {
      if ((await getVersion(ctx.tx, params.versionId)) === null) throw notFound("version");
      return listVersionEvents(ctx.tx, params.versionId, query);
    },
  ),
] as const;
