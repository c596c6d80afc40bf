import { AppError } from "#lib/platform/errors.ts";
import { problemResponse } from "./problem.ts";

/** A reply of bytes that are not in memory: a file, opened only when the transaction that allowed it is over. */
export type Download = {
  sizeBytes: number;
  /** Names these bytes for good, such as their SHA-256. */
  etag: string;
  /** Bytes `start` to `end`, both included; not called for an empty file. @throws AppError when they cannot be read */
  open(start: number, end: number): Promise<ReadableStream<Uint8Array>>;
};

export type ByteRange = { start: number; end: number };

/**
 * What a `Range` header asks of so many bytes (RFC 9110 §14). null = all of them: no header, another unit, one that
 * cannot be read, or several ranges at once, which a server may ignore.
 */
export function parseRange(header: string | null, sizeBytes: number): ByteRange | "unsatisfiable" | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(" ", "") ?? "");
  if (!match) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? "unsatisfiable" : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== "" && Number(last) < start) return null;
  return start >= sizeBytes ? "unsatisfiable" : { start, end };
}

/** Answers a download whole or in the part that was asked for; the bytes flow as fast as the caller takes them. */
export async function downloadReply(request: Request, download: Download, requestId: string): Promise<Response> {
  const { sizeBytes } = download;
  const tag = `"${download.etag}"`;
  const condition = request.headers.get("if-range");
  const range = condition === null || condition === tag ? parseRange(request.headers.get("range"), sizeBytes) : null;
  if (range === "unsatisfiable") {
    const refusal = problemResponse(
      new AppError("range_not_satisfiable", `The file ends before that; it has ${sizeBytes} bytes.`),
      requestId,
    );
    refusal.headers.set("content-range", `bytes */${sizeBytes}`);
    return refusal;
  }
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  const body = end < start ? null : await download.open(start, end);
  const headers = new Headers({
    "x-request-id": requestId,
    "cache-control": "no-store",
    "content-type": "application/octet-stream",
    "content-length": String(end - start + 1),
    "accept-ranges": "bytes",
    etag: tag,
  });
  if (range) headers.set("content-range", `bytes ${start}-${end}/${sizeBytes}`);
  return new Response(body, { status: range ? 206 : 200, headers });
}
