import { projectRoot } from "#lib/platform/project-root.ts";
import { freePorts } from "#lib/platform/supervisor/ports.ts";
import { bundleProgram } from "./bundle-program.ts";
import { type Program, startProgram } from "./program.ts";

/** Opens what the bench's catalog holds sealed. */
export const SECRETS_KEY = "5a".repeat(32);

export type GatewayProcess = Program & { port: number; metricsPort: number };

/** @returns the path of a bundle of the gateway, as a production start makes it */
export const bundleGateway = (): Promise<string> => bundleProgram("lib/bin/gateway.ts", "gateway");

/** Starts the real gateway on a catalog, as production does, and waits until it has its first snapshot. */
export async function startGatewayProcess(options: {
  bundle: string;
  databaseUrl: string;
  core: number | null;
}): Promise<GatewayProcess> {
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const program = await startProgram({
    file: process.execPath,
    args: ["--enable-source-maps", options.bundle],
    cwd: projectRoot(),
    core: options.core,
    env: {
      NODE_ENV: "production",
      DATABASE_URL: options.databaseUrl,
      SECRETS_KEY,
      GATEWAY_PORT: String(port),
      METRICS_PORT: String(metricsPort),
      METRICS_HOST: "127.0.0.1",
      LOG_LEVEL: "error",
    },
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
  });
  return { ...program, port, metricsPort };
}
