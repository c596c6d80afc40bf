import { createHash, randomFillSync } from "node:crypto";
import { request as httpRequest } from "node:http";
import type { BenchApi } from "#lib/testbed/api.ts";
import type { Measured } from "../judge.ts";
import { addBenchAdapter } from "./bench-adapter.ts";
import { serveApi } from "./serve-api.ts";

const SIZE_BYTES = 1_000_000_000;
const CHUNK_BYTES = 8 * 1024 ** 2;
const CUTS = 20;
const NAME = "adapter_model.safetensors";

type BytesAt = (at: number, length: number) => Uint8Array;
type Upload = { url: string; headers: Record<string, string>; bytesAt: BytesAt };

/**
 * One file of 1 GB in chunks of 8 MiB, over real sockets that are destroyed in the middle of a chunk twenty times. What
 * one cut makes the sender send in vain must be at most one chunk, and the digest must be that of the whole file.
 */
export async function measureCutUpload(api: BenchApi, _: number, log: (line: string) => void): Promise<Measured> {
  const server = await serveApi(api);
  try {
    const bytesAt = repeatedNoise();
    const addDraft = await addBenchAdapter(api);
    const config = { path: "adapter_config.json", sizeBytes: 2 };
    const versionId = await addDraft([config, { path: NAME, sizeBytes: SIZE_BYTES }]);
    const headers = { authorization: `Bearer ${api.adminKey}`, "tus-resumable": "1.0.0" };
    const startedAt = performance.now();
    const wasted = await sendWithCuts({ url: `${server.url}/api/v1/uploads/${versionId}/${NAME}`, headers, bytesAt });
    const seconds = (performance.now() - startedAt) / 1000;
    const { files } = await api.admin.call("GET /versions/{versionId}", { params: { versionId } });
    if (files.find(({ path }) => path === NAME)?.sha256 !== digestOf(bytesAt))
      throw new Error("the digest is not that of what was sent");
    const ours = wasted.map((bytes) => bytes / CHUNK_BYTES);
    log(`1 GB, ${CUTS} cuts: ${seconds.toFixed(1)} s; sent again: ${ours.map((each) => each.toFixed(2)).join(", ")}`);
    return { metric: "upload_1_gb_chunks_resent_a_cut", ours };
  } finally {
    await server.close();
  }
}

/** Noise whose period is no multiple of anything a chunk begins at: making 1 GB of it would be most of the run. */
function repeatedNoise(): BytesAt {
  const period = CHUNK_BYTES - 977;
  const noise = new Uint8Array(period + CHUNK_BYTES);
  randomFillSync(noise.subarray(0, period));
  noise.copyWithin(period, 0, CHUNK_BYTES);
  return (at, length) => noise.subarray(at % period, (at % period) + length);
}

function digestOf(bytesAt: BytesAt): string {
  const hash = createHash("sha256");
  for (let at = 0; at < SIZE_BYTES; at += CHUNK_BYTES) hash.update(bytesAt(at, Math.min(CHUNK_BYTES, SIZE_BYTES - at)));
  return hash.digest("hex");
}

/** @returns for each cut how many bytes left the sender without counting */
async function sendWithCuts(upload: Upload): Promise<number[]> {
  const wasted: number[] = [];
  const cutEvery = Math.floor(SIZE_BYTES / (CUTS + 1));
  let [sentBytes, earlier] = [0, 0];
  for (let at = 0; at < SIZE_BYTES; ) {
    const length = Math.min(CHUNK_BYTES, SIZE_BYTES - at);
    const isCut = wasted.length < CUTS && at + length > cutEvery * (wasted.length + 1);
    const cutAfter = isCut ? Math.floor(length * (0.1 + 0.04 * wasted.length)) : null;
    if (isCut) {
      earlier += wasted.at(-1) ?? 0;
      wasted.push(0);
    }
    sentBytes += await sendChunk(upload, at, length, cutAfter);
    at = await offsetOf(upload);
    // all that was sent and does not count belongs to the latest cut
    if (wasted.length > 0) wasted[wasted.length - 1] = sentBytes - at - earlier;
  }
  return wasted;
}

/** @returns bytes that left before the socket was destroyed, or all of them */
const sendChunk = ({ url, headers, bytesAt }: Upload, at: number, length: number, cutAfter: number | null) =>
  new Promise<number>((resolve, reject) => {
    const own = { "upload-offset": String(at), "content-type": "application/offset+octet-stream" };
    const request = httpRequest(url, { method: "PATCH", headers: { ...headers, ...own, "content-length": length } });
    request.on("response", (reply) => {
      const { statusCode } = reply.resume();
      // a request that was cut may still write for a moment after HEAD was answered: then the offset has moved on
      if (statusCode === 204 || statusCode === 409) resolve(length);
      else reject(new Error(`a chunk was answered with ${statusCode}`));
    });
    request.on("error", (error) => (cutAfter === null ? reject(error) : resolve(cutAfter)));
    if (cutAfter === null) request.end(bytesAt(at, length));
    else request.write(bytesAt(at, cutAfter), () => request.destroy(new Error("cut")));
  });

async function offsetOf({ url, headers }: Upload): Promise<number> {
  const reply = await fetch(url, { method: "HEAD", headers });
  if (!reply.ok) throw new Error(`HEAD was answered with ${reply.status}`);
  return Number(reply.headers.get("upload-offset"));
}
