import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { GateSchema } from "../browser/gate-schema.ts";
import { readGate } from "./read-gate.ts";

export const gateRoutes = [
  route(
    "GET /versions/{versionId}/gate",
    {
      summary: "Read whether a version's gate is valid now",
      description: "The verdict of its newest completed run, and later changes that invalidate it.",
      action: "fleet.read",
      params: z.object({ versionId: idOf("ver") }),
      ok: GateSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      if ((await getVersion(ctx.tx, params.versionId)) === null) throw notFound("version");
      const { verdict, expired, requestedBy } = await readGate(ctx, params.versionId);
      return {
        versionId: params.versionId,
        runId: verdict?.runId ?? null,
        outcome: verdict?.outcome ?? null,
        judgedAt: verdict?.createdAt.toISOString() ?? null,
        requestedBy,
        expired,
      };
    },
  ),
] as const;
