import type { IncomingMessage } from "node:http";
import { type Rejection, reject } from "./rejection.ts";

/** A long conversation with tools is some hundred kB; ten million bytes is no chat. */
export const MAX_BODY_BYTES = 10_000_000;

const tooLarge = () =>
  reject(413, "body_too_large", `The body is larger than ${MAX_BODY_BYTES} bytes. Send fewer or shorter messages.`);

/** The whole body, or why there is none. Never rejects; `null` = the client went away while sending. */
export function readBody(request: IncomingMessage): Promise<Buffer | Rejection | null> {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity")
    return Promise.resolve(
      reject(400, "unsupported_encoding", "The body must not be compressed. Leave out Content-Encoding."),
    );
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return Promise.resolve(tooLarge());
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        request.pause();
        resolve(tooLarge());
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", () => resolve(null));
    request.on("close", () => resolve(null));
  });
}
