import { Server } from "@tus/server";
import { problemResponse, toProblem } from "#lib/http/problem.ts";
import type { RawCall } from "#lib/http/route.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError, notFound } from "#lib/platform/errors.ts";
import { incomingDirectory } from "../../artifacts/store-layout.ts";
import { MAX_VERSION_BYTES } from "../../schema.ts";
import { draftTouchedAt } from "../../versions/draft-expiry.ts";
import { getVersion } from "../../versions/version-store.ts";
import { notADraft, unknownFile } from "../receive-file.ts";
import { type DraftFile, DraftFiles, OffsetConflict } from "./draft-files.ts";
import { RunningHashes } from "./running-hashes.ts";
import { createUploadLocks } from "./upload-locks.ts";

/** Largest body of one request. The console sends 8 MiB; a body is in memory until it is on disk. */
export const MAX_CHUNK_BYTES = 64 * 1024 ** 2;
/** How long an older request of the same file may go on before a newer one takes its place. */
const HAND_OVER_MS = 1000;
const TUS = { "tus-resumable": "1.0.0" } as const;

const hashes = new RunningHashes();
const locks = createUploadLocks();

type UploadCall = Omit<RawCall<unknown, Ctx>, "params"> & { params: { versionId: string; fileName: string } };

/**
 * Resumable upload of one file of a draft: tus 1.0's HEAD (where does it stand) and PATCH (the next bytes).
 */
export async function answerUpload(call: UploadCall): Promise<Response> {
  requireChunkSize(call.request);
  const { versionId, fileName } = call.params;
  let thrown: unknown = null;
  const server = new Server({
    path: "/api/v1/uploads",
    datastore: new DraftFiles(() => call.read((ctx) => loadFile(ctx, call)), call, hashes),
    locker: locks,
    lockDrainTimeout: HAND_OVER_MS,
    // a page of another origin may not send here: no header ever allows it
    allowedOrigins: () => false,
    getFileIdFromRequest: () => `${versionId}/${fileName}`,
    onResponseError: (_request, error) => {
      thrown = error;
      return undefined;
    },
  });
  const body = call.request.body && endingQuietly(call.request.body, call.request.signal);
  const { method, headers } = call.request;
  const request = new Request(call.request.url, { method, headers, body, duplex: "half" } as RequestInit);
  // its types name a runtime-neutral Request and Response, which ours are
  const response: unknown = await server.handleWeb(request as never);
  return toReply(response as Response, thrown, call.requestId);
}

/**
 * A body whose sender goes away simply ends there. As an error it would throw away what had arrived and was not yet
 * written; the offset, not the error, is what the sender asks for when it comes back.
 */
function endingQuietly(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const gone = new Promise<{ done: true; value: undefined }>((resolve) => {
    const end = () => resolve({ done: true, value: undefined });
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
  return new ReadableStream({
    async pull(controller) {
      const next = await Promise.race([reader.read(), gone]).catch(() => ({ done: true, value: undefined }) as const);
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

async function loadFile(ctx: Ctx, { params, request }: UploadCall): Promise<DraftFile> {
  const version = await getVersion(ctx.tx, params.versionId);
  if (version === null) throw notFound("version");
  if (version.state !== "draft") throw notADraft(version.state);
  const file = version.files.find(({ path }) => path === params.fileName);
  if (file === undefined) throw unknownFile(params.fileName, version.files);
  return {
    versionId: version.id,
    place: { directory: incomingDirectory(ctx.deps.adapterStore, version.id), name: file.path },
    file,
    touchedAt: draftTouchedAt(version),
    chunkAt: request.method === "PATCH" ? readOffset(request) : null,
    maxChunkBytes: MAX_CHUNK_BYTES,
    now: () => ctx.clock.now(),
  };
}

/** null where there is none that can be read: the tus server refuses that itself. */
function readOffset(request: Request): number | null {
  const text = request.headers.get("upload-offset") ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function requireChunkSize(request: Request): void {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length <= MAX_CHUNK_BYTES) return;
  throw new AppError("too_large", `The request has ${length} bytes; a chunk has at most ${MAX_CHUNK_BYTES}.`, {
    reason: "chunk_too_large",
    fix: "Send the file in chunks of 8 MiB.",
  });
}

/** Refusals in our own shape: a code, what is wrong and what to do; the status stays the protocol's. */
async function toReply(response: Response, thrown: unknown, requestId: string): Promise<Response> {
  if (thrown instanceof Error && !isProtocolError(thrown) && !(thrown instanceof AppError)) throw thrown;
  if (response.status < 400) {
    const headers = new Headers(response.headers);
    for (const name of [...headers.keys()]) if (name.startsWith("access-control-")) headers.delete(name);
    headers.set("x-request-id", requestId);
    return new Response(null, { status: response.status, headers });
  }
  const reply =
    thrown instanceof AppError
      ? problemResponse(thrown, requestId)
      : protocolProblem(response.status, (await response.text()).trim(), requestId);
  for (const [name, value] of Object.entries(TUS)) reply.headers.set(name, value);
  if (thrown instanceof OffsetConflict) reply.headers.set("upload-offset", String(thrown.offset));
  return reply;
}

/** The tus server's own errors carry the status they want. */
const isProtocolError = (error: Error): boolean => "status_code" in error;

function protocolProblem(status: number, detail: string, requestId: string): Response {
  const refusal = new AppError("invalid", detail, {
    reason: "bad_upload_request",
    fix: "Speak tus 1.0: HEAD for the offset, then PATCH with Tus-Resumable, Upload-Offset and a body.",
  });
  const problem = { ...toProblem(refusal, requestId), status };
  const headers = { "content-type": "application/problem+json", "x-request-id": requestId };
  return new Response(JSON.stringify(problem), { status, headers });
}

/** What this server can do, for whoever asks; it creates nothing, since the manifest of the draft did. */
export const uploadOptions = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...TUS,
      "tus-version": "1.0.0",
      "tus-extension": "expiration",
      "tus-max-size": String(MAX_VERSION_BYTES),
    },
  });
