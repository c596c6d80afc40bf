import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { readSpeed } from "../asking/pace/read-speed.ts";
import { BaselinesSchema } from "../browser/baseline-schema.ts";
import { chooseBaseline } from "./choose-baseline.ts";
import { readBaselineSite } from "./read-facts.ts";

export const baselineRoutes = [
  route(
    "GET /versions/{versionId}/baselines",
    {
      summary: "List the baselines that a version's gate can use now, with what each proves",
      action: "fleet.read",
      params: z.object({ versionId: idOf("ver") }),
      ok: BaselinesSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      const version = await getVersion(ctx.tx, params.versionId);
      if (version === null) throw notFound("version");
      const { facts } = await readBaselineSite(ctx, version);
      const speed = await readSpeed(ctx, version.poolId, null);
      return { versionId: version.id, ...chooseBaseline(facts), speed };
    },
  ),
] as const;
