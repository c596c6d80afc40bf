import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One reply as it came over a raw connection. */
export type RawReply = { status: number; headers: ReadonlyMap<string, string>; body: string };
export type RawOutcome = {
  replies: RawReply[];
  /** What came and is no whole reply. */
  rest: string;
  /** Whether the other side ended the connection. */
  isClosed: boolean;
  /** It was ended while we still sent: then what it said before may be lost on the way. */
  isReset: boolean;
};

/**
 * Sends pieces over a connection of its own, one packet each, and reads until the other side closes, or is silent with
 * `replies` whole ones read.
 * @param timeoutMs how long it may stay silent before the outcome is taken as it is
 */
export async function exchangeRaw(
  port: number,
  pieces: readonly Buffer[],
  options: { halfClose: boolean; replies: number; mustClose: boolean; timeoutMs: number },
): Promise<RawOutcome> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  const received: Buffer[] = [];
  let isClosed = false;
  let isReset = false;
  const settled = new Promise<void>((resolve) => {
    const silent = setTimeout(resolve, options.timeoutMs);
    const finish = () => {
      clearTimeout(silent);
      resolve();
    };
    socket.on("data", (bytes) => {
      received.push(bytes);
      if (!options.mustClose && readReplies(Buffer.concat(received)).replies.length >= options.replies) finish();
    });
    socket.on("end", () => {
      isClosed = true;
      finish();
    });
    socket.on("error", () => {
      isClosed = true;
      isReset = true;
      finish();
    });
  });
  await send(socket, pieces, options.halfClose);
  await settled;
  socket.destroy();
  return { ...readReplies(Buffer.concat(received)), isClosed, isReset };
}

async function send(socket: Socket, pieces: readonly Buffer[], halfClose: boolean): Promise<void> {
  try {
    await once(socket, "connect");
    for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    if (halfClose) socket.end();
  } catch {
    // refused before all was sent: what came back tells
  }
}

/** Reads replies with a length or in chunks; interim ones (1xx) have no body. */
export function readReplies(bytes: Buffer): { replies: RawReply[]; rest: string } {
  const replies: RawReply[] = [];
  let text = bytes.toString("latin1");
  for (;;) {
    const headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0) return { replies, rest: text };
    const [line = "", ...lines] = text.slice(0, headEnd).split("\r\n");
    const headers = new Map(
      lines.map((each) => [each.split(":")[0]?.toLowerCase() ?? "", each.slice(each.indexOf(":") + 1).trim()]),
    );
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1]);
    const after = text.slice(headEnd + 4);
    const body = status < 200 ? { body: "", length: 0 } : readBody(headers, after);
    if (Number.isNaN(status) || body === null) return { replies, rest: text };
    replies.push({ status, headers, body: body.body });
    text = after.slice(body.length);
  }
}

/** @returns null when it is not all there */
function readBody(headers: ReadonlyMap<string, string>, text: string): { body: string; length: number } | null {
  if (headers.get("transfer-encoding") !== "chunked") {
    const length = Number(headers.get("content-length") ?? 0);
    return text.length < length ? null : { body: text.slice(0, length), length };
  }
  let at = 0;
  let body = "";
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (text.length < next) return null;
    if (size === 0) return { body, length: next };
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = next;
  }
}
