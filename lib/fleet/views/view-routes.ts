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
      summary: "List nodes for Prometheus service discovery",
      description:
        "Returns the whole fleet in the format of http_sd_configs, without pages. The scope metrics:read is sufficient.",
      action: "metrics.read",
      ok: z.array(ScrapeTargetSchema),
    },
    async ({ ctx }) => (await listTargetNodes(ctx.tx)).map(scrapeTarget),
  ),
  route(
    "GET /versions/{versionId}/memory",
    {
      summary: "Read a version's memory use on the nodes of its pool, with its padding",
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
      summary: "Read the memory use of a pool's adapter slots and CPU caches, with its padding",
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
      summary: "List the actions on a version on all nodes, newest first",
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
