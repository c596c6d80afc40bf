import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { routeWithPrepare } from "#lib/identity/route.ts";
import { StoreSchema } from "../browser/store-schema.ts";
import { VersionSchema } from "../schema.ts";
import { checkStore } from "./check-store.ts";
import { readStoreCounts } from "./integrity-store.ts";
import { PROMISE_MS } from "./pace.ts";
import { proveVersion, recordProof } from "./verify-version.ts";

export const integrityRoutes = [
  routeWithPrepare(
    "GET /store",
    {
      summary: "Read whether the adapter store is available, and when its bytes were last verified",
      action: "fleet.read",
      ok: StoreSchema,
    },
    async ({ read }) => checkStore(await read(async (ctx) => ctx.deps)),
    async ({ ctx, prepared }) => {
      const provenSince = new Date(ctx.clock.now().getTime() - PROMISE_MS);
      return { ...prepared, ...(await readStoreCounts(ctx.tx, provenSince)) };
    },
  ),
  routeWithPrepare(
    "POST /versions/{versionId}/verify",
    {
      summary: "Verify a version's stored bytes now",
      description:
        "Compares the bytes with their digests. Returns the version as verified, or as quarantined with the reason.",
      action: "version.write",
      params: z.object({ versionId: idOf("ver") }),
      ok: VersionSchema,
      errors: ["not_found", "conflict", "unavailable"],
    },
    ({ params, read, request }) => proveVersion(read, params.versionId, request.signal),
    ({ ctx, params, prepared }) => recordProof(ctx, params.versionId, prepared),
  ),
] as const;
