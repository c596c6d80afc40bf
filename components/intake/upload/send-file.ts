import { DetailedError, Upload } from "tus-js-client";
import { ApiError } from "#lib/api/client.ts";
import type { Problem } from "#lib/http/schema.ts";

export const CHUNK_BYTES = 8 * 1024 ** 2;

export type SendFile = {
  url: string;
  file: File;
  signal: AbortSignal | undefined;
  /** Bytes of this file that are at the server or on their way. */
  onSent: (bytes: number) => void;
  /** The line is gone; it is tried again after so long, or as soon as the browser is online again. */
  onWaiting: (retryInMs: number) => void;
  onSending: () => void;
  /** Asked when the server says "not now": @throws ApiError when waiting is in vain */
  requireWanted: () => Promise<void>;
};

const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/**
 * Sends what the server has not got of a file, chunk by chunk, for as long as it takes: a lost connection, a busy server
 * or another writer is waited for. What can never succeed ends it.
 * @throws ApiError with the server's problem; the signal's reason when aborted
 */
export async function sendFile(job: SendFile): Promise<void> {
  let attempt = 0;
  for (;;) {
    job.signal?.throwIfAborted();
    job.onSending();
    const failure = await tryOnce(job, () => {
      attempt = 0;
    });
    if (failure === null) return;
    const problem = problemOfFailure(failure);
    if (problem !== null) throw new ApiError(problem);
    if (statusOf(failure) === 409) await job.requireWanted();
    const delayMs = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? 0;
    attempt += 1;
    job.onWaiting(delayMs);
    await waited(delayMs, job.signal);
  }
}

type Failure = Error | DetailedError;

/** One go: asks where the file stands, then sends from there. @returns what went wrong, or null when it is whole */
function tryOnce({ url, file, signal, onSent }: SendFile, onProgress: () => void): Promise<Failure | null> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      uploadUrl: url,
      chunkSize: CHUNK_BYTES,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onProgress: (bytes) => onSent(bytes),
      onChunkComplete: onProgress,
      onError: (error) => end(() => resolve(error)),
      onSuccess: () => end(() => resolve(null)),
    });
    const stop = () => {
      void upload.abort();
      end(() => reject(signal?.reason));
    };
    const end = (settle: () => void) => {
      signal?.removeEventListener("abort", stop);
      settle();
    };
    signal?.addEventListener("abort", stop, { once: true });
    upload.start();
  });
}

const statusOf = (failure: Failure): number =>
  (failure instanceof DetailedError ? failure.originalResponse?.getStatus() : 0) ?? 0;

/** The problem of a refusal that asking again will not change; null for what may pass by itself. */
function problemOfFailure(failure: Failure): Problem | null {
  const response = failure instanceof DetailedError ? failure.originalResponse : null;
  const status = statusOf(failure);
  if (response === null || status === 0 || status >= 500 || status === 429) return null;
  const problem = parseProblem(response.getBody());
  // HEAD has no body to say why
  if (status === 409 && (problem === null || WAIT_FOR.has(problem.code))) return null;
  return problem ?? refusalOf(status);
}

const WAIT_FOR = new Set(["offset_differs", "upload_locked"]);

function parseProblem(body: string): Problem | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && "code" in parsed ? (parsed as Problem) : null;
  } catch {
    return null; // not ours: a proxy's page
  }
}

const refusalOf = (status: number): Problem => ({
  type: "about:blank",
  title: status === 401 ? "Sign-in needed" : "The upload was refused",
  status,
  code: "upload_refused",
  detail:
    status === 401
      ? "Your session ended while sending. Uploaded files are kept."
      : `The server answered ${status} to a part of the upload.`,
  fix: status === 401 ? "Sign in again, then drop the same folder." : "Reload the page, then drop the same folder.",
  requestId: "",
  errors: [],
});

/** Waits, or less where the browser says that it is online again. */
function waited(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      removeEventListener("online", go);
      signal?.removeEventListener("abort", stop);
      settle();
    };
    const go = () => end(resolve);
    const stop = () => end(() => reject(signal?.reason));
    const timer = setTimeout(go, ms);
    addEventListener("online", go);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
