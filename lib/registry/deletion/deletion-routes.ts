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
      summary: "Preview what deleting a version does, and what prevents it",
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
      summary: "Delete a retired version",
      description: "Deletes its bytes and keeps its number, LoRA name and digests on record. It cannot be undone.",
      action: "version.write",
      params: VersionParams,
      body: DeleteVersion,
      ok: VersionSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => deleteVersion(ctx, { versionId: params.versionId, confirm: body.confirm }),
  ),
] as const;
