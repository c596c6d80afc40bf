import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { found } from "../found.ts";
import { VERSION_STATES, VersionSchema } from "../schema.ts";
import { retireVersion } from "./retire-version.ts";
import { getVersion, listVersions } from "./version-store.ts";

const VersionParams = z.object({ versionId: idOf("ver") });

export const versionRoutes = [
  route(
    "GET /versions",
    {
      summary: "List versions",
      action: "tenant.read",
      query: PageQuery.extend({
        adapterId: idOf("adp").optional(),
        tenantId: idOf("ten").optional(),
        state: z.enum(VERSION_STATES).optional(),
      }),
      ok: pageOf(VersionSchema),
    },
    ({ ctx, query }) => listVersions(ctx.tx, query),
  ),
  route(
    "GET /versions/{versionId}",
    {
      summary: "Read a version",
      action: "tenant.read",
      params: VersionParams,
      ok: VersionSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => found("version", await getVersion(ctx.tx, params.versionId)),
  ),
  route(
    "POST /versions/{versionId}/retire",
    {
      summary: "Take a version out of use",
      action: "version.write",
      params: VersionParams,
      ok: VersionSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => retireVersion(ctx, params.versionId),
  ),
] as const;
