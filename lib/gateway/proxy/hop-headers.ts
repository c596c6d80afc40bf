import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** Meant for one connection only (RFC 9110 §7.6.1); what `connection` names comes on top. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** Ours to say, whatever a node says. */
const OURS = new Set([
  "x-request-id",
  "x-switchyard-served-by",
  "x-switchyard-version",
  "x-switchyard-version-id",
  "x-switchyard-via",
]);

/** A node's reply headers as the client gets them. */
export function replyHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = new Set(
    String(headers.connection ?? "")
      .split(",")
      .map((name) => name.trim().toLowerCase()),
  );
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !HOP_BY_HOP.has(name) && !OURS.has(name) && !named.has(name)) kept[name] = value;
  return kept;
}

/** The only headers of a client that reach a node. Credentials, cookies and tenant headers stay here. */
const FORWARDED = ["accept", "traceparent", "tracestate", "user-agent"] as const;

export function requestHeaders(headers: IncomingHttpHeaders, requestId: string): Record<string, string> {
  const sent: Record<string, string> = { "content-type": "application/json", "x-request-id": requestId };
  for (const name of FORWARDED) {
    const value = headers[name];
    if (typeof value === "string") sent[name] = value;
  }
  return sent;
}
