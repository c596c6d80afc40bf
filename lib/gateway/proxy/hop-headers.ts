import type { IncomingHttpHeaders } from "node:http";

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
const FROM_ENDPOINTS = ["content-type", "content-length", "content-encoding", "date", "retry-after"] as const;

/** Appends a reply's headers as the client gets them: names and values in turn. */
export function passReplyHeaders(headers: IncomingHttpHeaders, from: "node" | "endpoint", into: string[]): void {
  if (from === "endpoint") {
    for (const name of FROM_ENDPOINTS) {
      const value = headers[name];
      if (value !== undefined) into.push(name, value);
    }
    return;
  }
  const named = headers.connection === undefined ? null : headers.connection.toLowerCase();
  for (const name in headers) {
    if (DROPPED.has(name) || name.startsWith(OUR_LIMITS) || (named !== null && isNamed(named, name))) continue;
    const value = headers[name];
    if (typeof value === "string") into.push(name, value);
    else for (const one of value ?? []) into.push(name, one);
  }
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
