import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startStatusServer } from "#lib/platform/status-server.ts";
import { createFront } from "./front/create-front.ts";
import { type PartsOptions, startParts } from "./gateway-parts.ts";

export type GatewayOptions = Omit<PartsOptions, "consoleUrl"> & {
  consoleUrl?: string | null;
  /** 0 = any free one. */
  port: number;
  metricsPort: number;
  metricsHost: string;
};
export type Gateway = {
  port: number;
  metricsPort: number;
  /** Takes no new connections, answers what runs and what waits, stores the traces. */
  stop(): Promise<void>;
};

/** The supervisor kills after 25 s. */
const DRAIN_MS = 20_000;

/**
 * Starts a gateway on an open catalog. It answers at once, with 503 until its first snapshot.
 * @throws Error when a port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  let isDraining = false;
  const { tools, registry, stop } = startParts({ consoleUrl: null, ...options }, () => isDraining);
  const { server, connections } = createFront(tools);
  const stopFront = async () => {
    isDraining = true;
    await connections.drain(DRAIN_MS, () => options.log.warn("requests cut off at shutdown", { afterMs: DRAIN_MS }));
    await stop();
  };
  try {
    await listen(server, options.port);
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
    return { port: portOf(server), metricsPort: portOf(status), stop: stopAll };
  } catch (error) {
    await stopFront();
    throw error;
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port);
  await once(server, "listening");
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
