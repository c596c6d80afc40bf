import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { type Connections, watchConnections } from "#lib/platform/connections.ts";
import { newId } from "#lib/platform/ids.ts";
import { answerBadHttp } from "./bad-http.ts";
import { type GatewayTools, handleRequest } from "./handle-request.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 75_000;
const MAX_HEADER_BYTES = 16_384;

/** The public port: Node's strict HTTP parser, bounds on time and headers, and one way in. */
export function createFront(tools: GatewayTools): { server: Server; connections: Connections } {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      connectionsCheckingInterval: 2_000,
      insecureHTTPParser: false,
      requireHostHeader: false, // it is required, and refused in words of ours
    },
    (request, response) => {
      const { socket } = request;
      connections.begin(socket, response);
      const client = handleRequest(request, response, tools);
      // one listener for all who want to know: it is a request's path
      response.on("close", () => {
        connections.over(socket, response);
        client?.watcher?.onClientClosed();
      });
    },
  );
  const connections = watchConnections(server);
  // whoever asks first whether to send its body is told after we know who it is
  server.on("checkContinue", (request, response) => server.emit("request", request, response));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const code = answerBadHttp(error, socket, connections.isFree(socket), newId("request"), tools.consoleUrl);
    if (code !== null) tools.metrics.rejected(code);
  });
  return { server, connections };
}
