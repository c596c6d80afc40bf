import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ErrorCode } from "../browser/error-codes.ts";
import { errorBody, reject } from "./rejection.ts";

/** What Node's parser and timers call their errors; all others are malformed HTTP. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
};
/** The client is gone, not wrong. */
const GONE = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT"]);

/**
 * Answers what never became a request, or broke off in its body, and ends its connection: where one message ended and the
 * next begins is not known any more.
 * @param isFree nothing of another answer is on its way over the socket
 * @returns the code that was answered; null = nobody was there to hear it
 */
export function answerBadHttp(
  error: NodeJS.ErrnoException,
  socket: Socket,
  isFree: boolean,
  requestId: string,
  consoleUrl: string | null,
): ErrorCode | null {
  const cause = error.code ?? "";
  if (GONE.has(cause) || !socket.writable || !isFree) {
    socket.destroy();
    return null;
  }
  const rejection = reject(CODES[cause] ?? "malformed_request");
  const body = errorBody(rejection, requestId, consoleUrl);
  const head = [
    `HTTP/1.1 ${rejection.status} ${STATUS_CODES[rejection.status]}`,
    "connection: close",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
  return rejection.code;
}
