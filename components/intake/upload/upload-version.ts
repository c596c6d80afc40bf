import { ApiError, api } from "#lib/api/client.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import type { DroppedFile } from "../../ui/read-drop.ts";
import { hashFiles } from "./hash-files.ts";
import { arrivedOf, digestMismatches, type Mismatch, missingFiles, sizeMismatches } from "./match-files.ts";
import { sendFile } from "./send-file.ts";
import { secondsLeft, TransferRate } from "./transfer-rate.ts";

export type UploadProgress = {
  /** reading: digests are being made. waiting: the line is gone, and is tried again at `retryAt`. */
  state: "reading" | "sending" | "waiting";
  /** Bytes at the server or on their way (while reading: bytes read), and of how many. */
  sentBytes: number;
  totalBytes: number;
  share: number;
  /** The file that is being sent; null while reading. */
  file: string | null;
  bytesPerSecond: number | null;
  /** Only after a tenth has arrived. */
  secondsLeft: number | null;
  /** ms since 1970; null unless waiting. */
  retryAt: number | null;
};

type UploadVersion = {
  /** A draft, fresh or half-sent: only what it lacks is sent. */
  version: Version;
  /** The folder's files; those that have arrived may be left out. */
  files: readonly DroppedFile[];
  onProgress?: (progress: UploadProgress) => void;
  /** Pauses: what arrived is kept, and calling again goes on from there. */
  signal?: AbortSignal;
};

/**
 * Sends a draft's missing bytes, over reloads and lost connections, and returns it with every file received. Completing
 * it, which runs the checks, is the caller's.
 * @throws ApiError `other_files` when these are not the draft's files, or the server's refusal; the signal's reason
 */
export async function uploadVersion({ version, files, onProgress, signal }: UploadVersion): Promise<Version> {
  requireSame(sizeMismatches(version, files));
  const known = files.filter(({ path }) => version.files.some((file) => file.path === path));
  const readTotal = known.reduce((sum, { file }) => sum + file.size, 0);
  const digests = await hashFiles(known, {
    ...(signal && { signal }),
    onProgress: (bytes) => onProgress?.(progressOf("reading", bytes, readTotal)),
  });
  requireSame(digestMismatches(version, digests));
  const rate = new TransferRate();
  let arrived = arrivedOf(version).bytes;
  let sentNow = 0; // in this sitting
  const report = (file: string, retryAt: number | null) => {
    const bytesPerSecond = retryAt === null ? rate.bytesPerSecond() : null;
    onProgress?.({
      ...progressOf(retryAt === null ? "sending" : "waiting", arrived, version.sizeBytes),
      file,
      bytesPerSecond,
      secondsLeft: secondsLeft(arrived, version.sizeBytes, bytesPerSecond),
      retryAt,
    });
  };
  for (const { path, receivedBytes } of missingFiles(version)) {
    const file = known.find((each) => each.path === path)?.file;
    if (file === undefined) continue;
    let atServer = receivedBytes;
    await sendFile({
      url: `/api/v1/uploads/${version.id}/${encodeURIComponent(path)}`,
      file,
      signal,
      onSent: (bytes) => {
        arrived += bytes - atServer;
        sentNow += Math.max(0, bytes - atServer);
        atServer = bytes;
        rate.add(performance.now(), sentNow);
        report(path, null);
      },
      requireWanted: () => requireDraft(version.id),
      onSending: () => report(path, null),
      onWaiting: (ms) => {
        rate.restart();
        report(path, Date.now() + ms);
      },
    });
  }
  const received = await api.call("GET /versions/{versionId}", {
    params: { versionId: version.id },
    ...(signal && { signal }),
  });
  requireSame(digestMismatches(received, digests));
  return received;
}

const progressOf = (state: UploadProgress["state"], sentBytes: number, totalBytes: number): UploadProgress => ({
  state,
  sentBytes,
  totalBytes,
  share: totalBytes === 0 ? 1 : sentBytes / totalBytes,
  file: null,
  bytesPerSecond: null,
  secondsLeft: null,
  retryAt: null,
});

/** @throws ApiError when the version is no draft any more, so that nothing more of it is taken */
async function requireDraft(versionId: string): Promise<void> {
  const { state } = await api.call("GET /versions/{versionId}", { params: { versionId } });
  if (state === "draft") return;
  throw new ApiError({
    type: "about:blank",
    title: "The version is no longer a draft",
    status: 409,
    code: "not_a_draft",
    detail: `It is ${state}: someone else completed it, or it was abandoned.`,
    fix: "Open the version, or start a new one.",
    requestId: "",
    errors: [],
  });
}

/** @throws ApiError naming the files that are not those the draft waits for */
function requireSame(mismatches: readonly Mismatch[]): void {
  if (mismatches.length === 0) return;
  const problem: Problem = {
    type: "about:blank",
    title: "These files are different",
    status: 0,
    code: "other_files",
    detail: mismatches.map(({ message }) => message).join(" "),
    fix: "Drop the folder this upload started with, or start over with this one.",
    requestId: "",
    errors: mismatches.map(({ path, message }) => ({ field: path, code: "other_files", message, fix: "" })),
  };
  throw new ApiError(problem);
}
