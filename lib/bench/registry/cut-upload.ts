import { createHash, randomFillSync } from "node:crypto";
import { request as httpRequest } from "node:http";
import { type BenchApi, openBenchApi } from "#lib/testbed/api.ts";
import type { Measured } from "../judge.ts";
import { addBenchAdapter } from "./full-check.ts";
import type { RegistryLine } from "./run-registry.ts";
import { serveApi } from "./serve-api.ts";

const SIZE_BYTES = 1_000_000_000;
const CHUNK_BYTES = 8 * 1024 ** 2;
const CUTS = 20;
const NAME = "adapter_model.safetensors";

/**
 * One file of 1 GB in chunks of 8 MiB, over real sockets that are destroyed in the middle of a chunk twenty times. What
 * one cut makes the sender send in vain must be at most one chunk, and the digest must be that of the whole file.
 */
export const measureCutUpload: RegistryLine = async ({ postgres, say }) => {
  const api = await openBenchApi(postgres);
  const server = await serveApi(api);
  try {
    const bytesAt = repeatedNoise();
    const versionId = await openDraft(api);
    const startedAt = performance.now();
    const wasted = await sendWithCuts({
      url: `${server.url}/api/v1/uploads/${versionId}/${NAME}`,
      key: api.adminKey,
      bytesAt,
    });
    const seconds = (performance.now() - startedAt) / 1000;
    await requireDigest(api, versionId, bytesAt);
    const chunks = wasted.map((bytes) => bytes / CHUNK_BYTES);
    say(
      `1 GB, ${CUTS} cuts: ${seconds.toFixed(1)} s; chunks sent again: ${chunks.map((each) => each.toFixed(2)).join(", ")}`,
    );
    return [{ metric: "upload_1_gb_chunks_resent_a_cut", ours: chunks }] satisfies Measured[];
  } finally {
    await server.close();
    await api.close();
  }
};

type BytesAt = (at: number, length: number) => Uint8Array;

/** Noise whose period is no multiple of anything a chunk begins at: making 1 GB of it would be most of the run. */
function repeatedNoise(): BytesAt {
  const period = CHUNK_BYTES - 977;
  const noise = new Uint8Array(period + CHUNK_BYTES);
  randomFillSync(noise.subarray(0, period));
  noise.copyWithin(period, 0, CHUNK_BYTES);
  return (at, length) => noise.subarray(at % period, (at % period) + length);
}

async function openDraft(api: BenchApi): Promise<string> {
  const adapterId = await addBenchAdapter(api);
  const files = [
    { path: "adapter_config.json", sizeBytes: 2 },
    { path: NAME, sizeBytes: SIZE_BYTES },
  ];
  return (await api.admin.call("POST /adapters/{adapterId}/versions", { params: { adapterId }, body: { files } })).id;
}

type Upload = { url: string; key: string; bytesAt: BytesAt };

/** @returns for each cut how many bytes left the sender without counting */
async function sendWithCuts(upload: Upload): Promise<number[]> {
  const wasted: number[] = [];
  const cutEvery = Math.floor(SIZE_BYTES / (CUTS + 1));
  let sentBytes = 0;
  for (let at = 0; at < SIZE_BYTES; ) {
    const length = Math.min(CHUNK_BYTES, SIZE_BYTES - at);
    const isCut = wasted.length < CUTS && at + length > cutEvery * (wasted.length + 1);
    const cutAfter = isCut ? Math.floor(length * (0.1 + 0.04 * wasted.length)) : null;
    if (isCut) wasted.push(0);
    sentBytes += await sendChunk(upload, at, length, cutAfter);
    at = await offsetOf(upload);
    // all that was sent and does not count belongs to the latest cut
    const before = wasted.slice(0, -1).reduce((sum, bytes) => sum + bytes, 0);
    if (wasted.length > 0) wasted[wasted.length - 1] = sentBytes - at - before;
  }
  return wasted;
}

/** @returns bytes that left before the socket was destroyed, or all of them */
function sendChunk(upload: Upload, at: number, length: number, cutAfter: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const chunk = upload.bytesAt(at, length);
    const request = httpRequest(upload.url, {
      method: "PATCH",
      headers: {
        ...signed(upload),
        "upload-offset": String(at),
        "content-type": "application/offset+octet-stream",
        "content-length": String(length),
      },
    });
    request.on("response", (reply) => {
      reply.resume();
      // a request that was cut may still write for a moment after HEAD was answered: then the offset has moved on
      if (reply.statusCode === 204 || reply.statusCode === 409) resolve(length);
      else reject(new Error(`a chunk was answered with ${reply.statusCode}`));
    });
    request.on("error", (error) => (cutAfter === null ? reject(error) : resolve(cutAfter)));
    if (cutAfter === null) request.end(chunk);
    else request.write(chunk.subarray(0, cutAfter), () => request.destroy(new Error("cut")));
  });
}

async function offsetOf(upload: Upload): Promise<number> {
  const reply = await fetch(upload.url, { method: "HEAD", headers: signed(upload) });
  if (!reply.ok) throw new Error(`HEAD was answered with ${reply.status}`);
  return Number(reply.headers.get("upload-offset"));
}

const signed = ({ key }: Upload) => ({ authorization: `Bearer ${key}`, "tus-resumable": "1.0.0" });

async function requireDigest({ admin }: BenchApi, versionId: string, bytesAt: BytesAt): Promise<void> {
  const hash = createHash("sha256");
  for (let at = 0; at < SIZE_BYTES; at += CHUNK_BYTES) hash.update(bytesAt(at, Math.min(CHUNK_BYTES, SIZE_BYTES - at)));
  const { files } = await admin.call("GET /versions/{versionId}", { params: { versionId } });
  const stored = files.find(({ path }) => path === NAME)?.sha256;
  if (stored !== hash.digest("hex")) throw new Error("the digest is not that of what was sent");
}
