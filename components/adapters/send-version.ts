import { api } from "#lib/api/client.ts";
import type { Version } from "#lib/registry/schema.ts";
import type { DroppedFile } from "../ui/read-drop.ts";

export type SendProgress = { sentBytes: number; totalBytes: number; file: string };

/**
 * Draft → one request a file → complete: the same three steps a program takes over the API.
 * @param onProgress called as files arrive; bytes count whole files
 * @returns the version with its check report, ready or rejected
 */
export async function sendVersion(
  adapterId: string,
  files: readonly DroppedFile[],
  onProgress: (progress: SendProgress) => void,
): Promise<Version> {
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const draft = await api.call("POST /adapters/{adapterId}/versions", {
    params: { adapterId },
    body: { files: files.map(({ path, file }) => ({ path, sizeBytes: file.size })) },
  });
  let sentBytes = 0;
  for (const { path, file } of files) {
    onProgress({ sentBytes, totalBytes, file: path });
    await api.call("PUT /versions/{versionId}/files/{fileName}", {
      params: { versionId: draft.id, fileName: path },
      stream: file,
    });
    sentBytes += file.size;
  }
  onProgress({ sentBytes, totalBytes, file: "" });
  return api.call("POST /versions/{versionId}/complete", { params: { versionId: draft.id } });
}
