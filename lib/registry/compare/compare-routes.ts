import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { routeWithPrepare } from "#lib/identity/route.ts";
import { VersionDiffSchema } from "../browser/compare-schema.ts";
import { compareVersions } from "./compare-versions.ts";

export const compareRoutes = [
  routeWithPrepare(
    "GET /versions/compare",
    {
      summary: "Compare two versions of one tenant",
      description: "Config, checksums, files, modules, tensors, and the size of each module's update.",
      action: "fleet.read",
      query: z.object({ a: idOf("ver"), b: idOf("ver") }),
      ok: VersionDiffSchema,
      errors: ["not_found"],
    },
    ({ read, query }) => compareVersions(read, query),
    async ({ prepared }) => prepared,
  ),
] as const;
