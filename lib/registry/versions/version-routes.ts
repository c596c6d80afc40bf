import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { nameFor } from "#lib/identity/name-for.ts";
import { route } from "#lib/identity/route.ts";
import { found } from "../found.ts";
import { VERSION_STATES, VersionSchema } from "../schema.ts";
import { rollbackFor } from "./mark-rolled-back.ts";
import { retireVersion } from "./retire-version.ts";
import { getVersion, listVersions, type VersionRecord } from "./version-store.ts";

/**
 * Customers add no versions and roll none back: who of their provider's people did, from which folder and for what reason, is
 * not theirs to read.
 */
function forReader({ scope }: Ctx, { origin, rollback, ...version }: VersionRecord): VersionRecord {
  const isStaff = scope.kind === "platform";
  const [by, source] = [nameFor(isStaff, origin.by), nameFor(isStaff, origin.source, UPLOADED)];
  return { ...version, origin: { ...origin, by, source }, rollback: rollback && rollbackFor(isStaff, rollback) };
}

const UPLOADED: ReadonlySet<string> = new Set(["upload"]);

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
        /** How the digest begins. */
        digest: z
          .string()
          .regex(/^[0-9a-f]{6,64}$/, "use 6 to 64 of 0-9 and a-f")
          .optional(),
      }),
      ok: pageOf(VersionSchema),
    },
    async ({ ctx, query }) => {
      const page = await listVersions(ctx.tx, query);
      return { ...page, items: page.items.map((version) => forReader(ctx, version)) };
    },
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
    async ({ ctx, params }) => forReader(ctx, found("version", await getVersion(ctx.tx, params.versionId))),
  ),
  route(
    "POST /versions/{versionId}/retire",
    {
      summary: "Retire a version",
      action: "version.write",
      params: VersionParams,
      ok: VersionSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => retireVersion(ctx, params.versionId),
  ),
] as const;
