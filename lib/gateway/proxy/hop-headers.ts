import type { IncomingHttpHeaders } from "node:http";
import type { ReplyHeaders } from "../upstream/reply-headers.ts";

/** Meant for one connection only (RFC 9110 §7.6.1), or nothing a customer's client should get from a node. */
const DROPPED = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "set-cookie",
  "alt-svc",
  "strict-transport-security",
  // ours to say, whatever a node says
  "x-request-id",
  "x-switchyard-served-by",
  "x-switchyard-version",
  "x-switchyard-version-id",
  "x-switchyard-via",
  "x-switchyard-fallback-reason",
]);
const OUR_LIMITS = "x-ratelimit-";

/** What of a foreign service's reply a client gets: what it needs to read the body, and when to come back. */
const FROM_ENDPOINTS = new Set(["content-type", "content-length", "content-encoding", "date", "retry-after"]);

/** Appends a reply's headers as the client gets them: names and values in turn. */
export function passReplyHeaders(headers: ReplyHeaders, from: "node" | "endpoint", into: string[]): void {
  const named = from === "node" ? connectionOf(headers) : null;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? "";
    if (from === "endpoint" ? FROM_ENDPOINTS.has(name) : isForClients(name, named))
      into.push(name, headers[at + 1] ?? "");
  }
}

/** @param named what the reply's `Connection` header declares as its own */
const isForClients = (name: string, named: string | null): boolean =>
  !DROPPED.has(name) && !name.startsWith(OUR_LIMITS) && !(named !== null && isNamed(named, name));

/** Its `Connection` headers as one, in lower case; null = there is none. */
function connectionOf(headers: ReplyHeaders): string | null {
  let all: string | null = null;
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at] === "connection") all = `${all === null ? "" : `${all},`}${headers[at + 1]?.toLowerCase()}`;
  return all;
}

/** Whether a `Connection` header declares another one as its own. */
const isNamed = (connection: string, name: string): boolean =>
  connection.includes(name) && connection.split(",").some((part) => part.trim() === name);

/** The only headers of a client that reach a node. Credentials, cookies and tenant headers stay here. */
const FORWARDED = ["accept", "traceparent", "tracestate", "user-agent"] as const;

/** Names and values in turn. */
export function requestHeaders(headers: IncomingHttpHeaders, requestId: string): string[] {
  const sent = ["content-type", "application/json", "x-request-id", requestId];
  for (const name of FORWARDED) {
    const value = headers[name];
    if (typeof value === "string") sent.push(name, value);
  }
  return sent;
}
