import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Database } from "#lib/platform/db.ts";
import type { Log } from "#lib/platform/log.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import { startStatusServer } from "#lib/platform/status-server.ts";
import type { GatewayReport } from "#lib/telemetry/gateway-report.ts";
import { startAccount } from "./account/start-account.ts";
import { drainable } from "./front/drain-server.ts";
import { type GatewayTools, handleRequest } from "./front/handle-request.ts";
import { createGatewayMetrics } from "./metrics.ts";
import { createUpstream } from "./proxy/upstream.ts";
import { checkNode } from "./routing/check-node.ts";
import { createNodeHealth } from "./routing/node-health.ts";
import { loadSnapshot } from "./snapshot/load-snapshot.ts";
import { DEFAULT_SETTINGS } from "./snapshot/snapshot.ts";
import { SnapshotSource } from "./snapshot/snapshot-source.ts";

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
  let isDraining = false;
  const { tools, registry, stop } = startParts(options, () => isDraining);
  const front = createFront(tools);
  const drain = drainable(front);
  const stopFront = async () => {
    isDraining = true;
    await drain(DRAIN_MS, () => options.log.warn("requests cut off at shutdown", { afterMs: DRAIN_MS }));
    await stop();
  };
  try {
    await listen(front, options.port);
    const status = await startStatusServer({
      port: options.metricsPort,
      host: options.metricsHost,
      isReady: async () => !isDraining && tools.snapshot() !== null,
      metrics: registry,
    });
    const stopAll = async () => {
      await stopFront();
      status.close();
      status.closeAllConnections();
    };
    return { port: portOf(front), metricsPort: portOf(status), stop: stopAll };
  } catch (error) {
    await stopFront();
    throw error;
  }
}

/** Everything behind the ports: routing, health checks, connections to nodes, traces, figures. */
function startParts({ db, secrets, log }: GatewayOptions, isDraining: () => boolean) {
  const now = () => new Date();
  const upstream = createUpstream();
  const health = createNodeHealth((node) => checkNode(upstream, node), Date.now);
  const nodes = () => [...(source.current()?.nodes.values() ?? [])];
  const metrics = createGatewayMetrics({
    snapshotAgeMs: () => source.ageMs(),
    pendingTraces: () => account.pending(),
    nodes: () => health.report(nodes()),
  });
  const checkNodes = () => health.tick(nodes(), (source.current()?.settings ?? DEFAULT_SETTINGS).healthCheckIntervalMs);
  const report = (): GatewayReport => ({
    nodes: nodes().map(({ id, maxLoras }) => ({
      nodeId: id,
      isUp: health.isUp(id),
      breaker: "closed",
      inFlight: health.inFlight(id),
      adapters: [],
      slots: maxLoras,
    })),
    pools: [],
    tenants: [],
    snapshotAt: source.current()?.readAt.toISOString() ?? null,
    tracesPending: account.pending(),
    openVersions: [],
  });
  const account = startAccount({ db, report, onTracesDropped: metrics.tracesDropped, now, log });
  const source = new SnapshotSource({
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
  source.start();
  const checks = setInterval(checkNodes, HEALTH_TICK_MS);
  const tools: GatewayTools = {
    upstream,
    health,
    metrics,
    now,
    log,
    isDraining,
    recordTrace: account.record,
    snapshot: () => source.current(),
    snapshotAgeMs: () => source.ageMs(),
  };
  const stop = async () => {
    clearInterval(checks);
    await source.stop();
    await account.stop();
    await upstream.close();
  };
  return { tools, registry: metrics.registry, stop };
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

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port);
  await once(server, "listening");
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
