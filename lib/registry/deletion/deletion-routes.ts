import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { DeleteVersion, DeletionSchema } from "../browser/deletion-schema.ts";
import { VersionSchema } from "../schema.ts";
import { deleteVersion, previewDeletion } from "./delete-version.ts";

const VersionParams = z.object({ versionId: idOf("ver") });

export const deletionRoutes = [
  route(
    "GET /versions/{versionId}/deletion",
    {
      summary: "What deleting a version would do, and what stands against it",
      action: "fleet.read",
      params: VersionParams,
      ok: DeletionSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => previewDeletion(ctx, params.versionId),
  ),
  route(
    "POST /versions/{versionId}/delete",
    {
      summary: "Delete a version that is out of use",
      description: "Its number, lora name and digests stay on record; its bytes go. It cannot be undone.",
      action: "version.write",
      params: VersionParams,
      body: DeleteVersion,
      ok: VersionSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => deleteVersion(ctx, { versionId: params.versionId, confirm: body.confirm }),
  ),
] as const;
