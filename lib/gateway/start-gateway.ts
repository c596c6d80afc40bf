import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import type { Database } from "#lib/platform/db.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import { recordTraces } from "#lib/telemetry/record-traces.ts";
import { checkNode } from "./check-node.ts";
import { drainable } from "./drain-server.ts";
import { type GatewayTools, handleRequest } from "./handle-request.ts";
import { loadSnapshot } from "./load-snapshot.ts";
import { createGatewayMetrics } from "./metrics.ts";
import { createNodeHealth } from "./node-health.ts";
import { DEFAULT_SETTINGS } from "./snapshot.ts";
import { startSnapshotSource } from "./snapshot-source.ts";
import { startTraceQueue } from "./trace-queue.ts";
import { createUpstream } from "./upstream.ts";

export type GatewayOptions = {
  db: Database;
  secrets: Secrets;
  log: Log;
  /** 0 = any free one. */
  port: number;
  metricsPort: number;
  metricsHost: string;
};
export type Gateway = {
  port: number;
  metricsPort: number;
  /** Takes no new connections, answers what runs, stores the traces. */
  stop(): Promise<void>;
};

const HEALTH_TICK_MS = 1_000;
/** The supervisor kills after 25 s. */
const DRAIN_MS = 20_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 75_000;
const MAX_HEADER_BYTES = 16_384;

/**
 * Starts a gateway on an open catalog. It answers at once, with 503 until its first snapshot.
 * @throws Error when a port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { db, secrets, log } = options;
  const now = () => new Date();
  const upstream = createUpstream();
  const health = createNodeHealth((node) => checkNode(upstream, node), Date.now);
  const nodes = () => [...(source.current()?.nodes.values() ?? [])];
  const metrics = createGatewayMetrics({
    snapshotAgeMs: () => source.ageMs(),
    pendingTraces: () => traces.pending(),
    nodes: () => health.report(nodes()),
  });
  const checkNodes = () =>
    health.tick(nodes(), source.current()?.settings.healthCheckIntervalMs ?? DEFAULT_SETTINGS.healthCheckIntervalMs);
  const traces = startTraceQueue({ record: (batch) => recordTraces(db, batch), onDropped: metrics.tracesDropped, log });
  const source = startSnapshotSource({
    load: () => loadSnapshot({ db, secrets, log, now }),
    listen: (onChange) => db.listen("switchyard_routing", onChange),
    now,
    onSnapshot: (snapshot) => {
      upstream.keepOnly([...snapshot.nodes.values()]);
      void checkNodes();
    },
    onFailure: metrics.reloadFailed,
    log,
  });
  const checks = setInterval(checkNodes, HEALTH_TICK_MS);
  let isDraining = false;
  const tools: GatewayTools = {
    upstream,
    health,
    metrics,
    now,
    log,
    recordTrace: traces.push,
    snapshot: source.current,
    snapshotAgeMs: source.ageMs,
    isDraining: () => isDraining,
  };
  const front = createFront(tools);
  const drain = drainable(front);
  const metricsServer = createServer((request, response) => sendMetrics(metrics.registry, request, response));
  const stopRest = async () => {
    clearInterval(checks);
    metricsServer.close();
    metricsServer.closeAllConnections();
    await source.stop();
    await traces.stop();
    await upstream.close();
  };
  try {
    await Promise.all([listen(front, options.port), listen(metricsServer, options.metricsPort, options.metricsHost)]);
  } catch (error) {
    front.close();
    await stopRest();
    throw error;
  }
  return {
    port: portOf(front),
    metricsPort: portOf(metricsServer),
    async stop() {
      isDraining = true;
      await drain(DRAIN_MS, () => log.warn("requests cut off at shutdown", { afterMs: DRAIN_MS }));
      await stopRest();
    },
  };
}

function sendMetrics(registry: Registry, request: IncomingMessage, response: ServerResponse): void {
  if (request.url !== "/metrics") {
    response.writeHead(404).end();
    return;
  }
  registry.metrics().then(
    (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
    (error: unknown) => response.writeHead(500).end(errorText(error)),
  );
}

const createFront = (tools: GatewayTools): Server =>
  createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      connectionsCheckingInterval: 2_000,
    },
    (request, response) => handleRequest(request, response, tools),
  );

async function listen(server: Server, port: number, host?: string): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
