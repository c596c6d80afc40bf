import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import { CreateVersion, ImportVersion, MAX_VERSION_BYTES, VersionFileSchema, VersionSchema } from "../schema.ts";
import { checkDraft, completeVersion } from "./complete-version.ts";
import { createDraft } from "./create-draft.ts";
import { importArtifact, recordImport } from "./import-version.ts";
import { receiveVersionFile, recordVersionFile } from "./receive-file.ts";
import { uploadRoutes } from "./upload/upload-routes.ts";

const AdapterParams = z.object({ adapterId: idOf("adp") });
const VersionParams = z.object({ versionId: idOf("ver") });

export const intakeRoutes = [
  ...uploadRoutes,
  route(
    "POST /adapters/{adapterId}/versions",
    {
      summary: "Open a version with the list of its files",
      description:
        "Then send each file, resumably (PATCH /uploads) or at once (PUT), and finish with complete. A file's `sha256` must be had by what arrives; where all are given and the tenant stores these bytes already, nothing needs to be sent.",
      action: "version.write",
      params: AdapterParams,
      body: CreateVersion,
      ok: VersionSchema,
      status: 201,
      errors: ["not_found"],
    },
    ({ ctx, params, body }) => createDraft(ctx, { ...body, adapterId: params.adapterId }),
  ),
  routeWithPrepare(
    "PUT /versions/{versionId}/files/{fileName}",
    {
      summary: "Send one file of a draft",
      description: "The raw bytes as the body. Sending a file again replaces it.",
      action: "version.write",
      params: VersionParams.extend({ fileName: z.string().max(200) }),
      streamMaxBytes: MAX_VERSION_BYTES,
      ok: VersionFileSchema,
      errors: ["not_found", "conflict", "unavailable"],
    },
    ({ request, params, read }) => receiveVersionFile(read, { ...params, request }),
    ({ ctx, prepared }) => recordVersionFile(ctx, prepared),
  ),
  routeWithPrepare(
    "POST /versions/{versionId}/complete",
    {
      summary: "Check a draft whose files have all arrived",
      description: "Returns the version as ready or rejected, with every finding.",
      action: "version.write",
      params: VersionParams,
      ok: VersionSchema,
      errors: ["not_found", "conflict", "unavailable"],
    },
    ({ params, read }) => checkDraft(read, params.versionId),
    ({ ctx, params, prepared }) => completeVersion(ctx, { versionId: params.versionId, settled: prepared }),
  ),
  routeWithPrepare(
    "POST /adapters/{adapterId}/versions/from-path",
    {
      summary: "Add a version from a folder the server can read",
      description: "Returns the version as ready or rejected, with every finding.",
      action: "version.write",
      params: AdapterParams,
      body: ImportVersion,
      ok: VersionSchema,
      status: 201,
      errors: ["not_found", "unavailable"],
    },
    ({ params, body, read }) => importArtifact(read, { ...body, adapterId: params.adapterId }),
    ({ ctx, params, body, prepared }) =>
      recordImport(ctx, { adapterId: params.adapterId, origin: body.origin, imported: prepared }),
  ),
] as const;
