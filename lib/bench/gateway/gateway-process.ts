import { rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build, stop as endBundler } from "esbuild";
import { projectRoot } from "#lib/platform/project-root.ts";
import { freePorts } from "#lib/platform/supervisor/ports.ts";
import { type Program, startProgram } from "./program.ts";

/** Opens what the bench's catalog holds sealed. */
export const SECRETS_KEY = "5a".repeat(32);

export type GatewayProcess = Program & { port: number; metricsPort: number };

/**
 * Bundles the gateway as a production start does, below `node_modules`, where a bundle finds its packages and which no
 * start takes for its own.
 * @returns the bundle's path; one for each caller, as several may run side by side
 */
export async function bundleGateway(): Promise<string> {
  const root = projectRoot();
  const folder = join(root, "node_modules", ".cache", "switchyard-bench");
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, `gateway-${process.pid}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: ["lib/bin/gateway.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    packages: "external",
    logLevel: "silent",
  });
  await endBundler();
  process.once("exit", () => rmSync(outfile, { force: true }));
  return outfile;
}

/**
 * Starts the real gateway on a catalog, as production does, and waits until it has its first snapshot.
 * @param nodeArgs for Node, such as `--cpu-prof`
 */
export async function startGatewayProcess(options: {
  bundle: string;
  databaseUrl: string;
  core: number | null;
  nodeArgs?: readonly string[];
}): Promise<GatewayProcess> {
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const program = await startProgram({
    file: process.execPath,
    args: ["--enable-source-maps", ...(options.nodeArgs ?? []), options.bundle],
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
