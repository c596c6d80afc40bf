import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { rawRoute } from "#lib/identity/route.ts";
import { answerUpload, MAX_CHUNK_BYTES, uploadOptions } from "./answer-upload.ts";

export const uploadRoutes = [
  rawRoute(
    "PATCH /uploads/{versionId}/{fileName}",
    {
      summary: "Send the next bytes of a draft's file",
      description:
        "tus 1.0: HEAD answers `Upload-Offset`, PATCH appends there. The draft's manifest is the creation, so there is no POST. A chunk that breaks off keeps what arrived; a whole file is compared with the manifest's size and, where it names one, its SHA-256.",
      action: "version.write",
      params: z.object({ versionId: idOf("ver"), fileName: z.string().max(200) }),
      streamMaxBytes: MAX_CHUNK_BYTES,
      streamMediaType: "application/offset+octet-stream",
      ok: null,
      errors: ["not_found", "conflict", "too_large", "unavailable"],
    },
    answerUpload,
    { head: "Read the upload offset of a draft's file", options: uploadOptions },
  ),
] as const;
