import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { CLIENT_ADDRESS_HEADER, clientAddress, type TrustedProxies } from "#lib/platform/client-address.ts";
import { type Connections, watchConnections } from "#lib/platform/connections.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";

export type WebFront = { server: Server; connections: Connections };

export type FrontOptions = {
  /** Answers every request that the front lets through. */
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  trusted: TrustedProxies;
  log: Log;
};

/** Longer than load balancers keep an idle connection, so that they never write to one that we just closed. */
const KEEP_ALIVE_MS = 75_000;
const ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/** Headers that name a client's address: what an untrusted peer says in them is never passed on. */
const ADDRESS_CLAIMS = [CLIENT_ADDRESS_HEADER, "forwarded", "x-forwarded-for", "x-real-ip"];

/** The console's port: knows the socket's address, tells the app, and refuses what no page or route answers. */
export function createWebFront({ handle, trusted, log }: FrontOptions): WebFront {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const { socket } = request;
    connections.begin(socket, response);
    response.on("close", () => connections.over(socket, response));
    if (request.method === "TRACE") return refuseMethod(response);
    if (!isWellFormed(request.url ?? "/")) return refuseAddress(response);
    stampAddress(request, trusted);
    handle(request, response).catch((error: unknown) => {
      log.error("request failed", {
        method: request.method,
        path: request.url?.split("?")[0],
        error: errorText(error),
      });
      if (response.headersSent) response.destroy();
      else sendProblem(response, 500, "internal", "The console failed to answer.");
    });
  });
  const connections = watchConnections(server);
  return { server, connections };
}

/** Replaces every claim about the client's address by what the front knows. */
function stampAddress(request: IncomingMessage, trusted: TrustedProxies): void {
  const { headers } = request;
  const forwardedFor = headers["x-forwarded-for"];
  const chain = Array.isArray(forwardedFor) ? forwardedFor.join(",") : (forwardedFor ?? "");
  const address = clientAddress(request.socket.remoteAddress, chain, trusted);
  for (const name of ADDRESS_CLAIMS) delete headers[name];
  headers[CLIENT_ADDRESS_HEADER] = address;
  headers["x-forwarded-for"] = address;
}

function refuseMethod(response: ServerResponse): void {
  response.setHeader("allow", ALLOWED);
  sendProblem(response, 405, "method_not_allowed", "TRACE is not supported.");
}

/** Whether every %XX of a path stands for UTF-8 text: Next answers 500 to any other. */
function isWellFormed(url: string): boolean {
  try {
    decodeURIComponent(url.split("?")[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

const refuseAddress = (response: ServerResponse): void =>
  sendProblem(
    response,
    400,
    "malformed_address",
    "The address has a % that is not part of an encoded character. Write %25 for a percent sign.",
  );

function sendProblem(response: ServerResponse, status: number, code: string, title: string): void {
  const body = JSON.stringify({ type: "about:blank", title, status, code });
  response.writeHead(status, { "content-type": "application/problem+json", "cache-control": "no-store" }).end(body);
}
