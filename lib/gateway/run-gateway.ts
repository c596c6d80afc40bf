import { once } from "node:events";
import { openDatabase } from "#lib/platform/db.ts";
import type { Env } from "#lib/platform/env.ts";
import { createLog } from "#lib/platform/log.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { startGateway } from "./start-gateway.ts";

/** Reloads, trace batches and their retries; none of them is on a request's path. */
const DATABASE_CONNECTIONS = 4;

/**
 * The gateway process: runs until `signal` aborts, then drains.
 * @throws Error naming a missing setting or a taken port
 */
export async function runGateway(env: Env, signal: AbortSignal): Promise<void> {
  if (!env.DATABASE_URL) throw new Error("DATABASE_URL is not set; `npm start` sets it for the embedded database.");
  if (!env.SECRETS_KEY) throw new Error("SECRETS_KEY is not set (64 hex digits).");
  const log = createLog("gateway", env.LOG_LEVEL);
  const db = openDatabase(env.DATABASE_URL, log, DATABASE_CONNECTIONS);
  try {
    const gateway = await startGateway({
      db,
      secrets: createSecrets(env.SECRETS_KEY),
      log,
      port: env.GATEWAY_PORT,
      metricsPort: env.METRICS_PORT,
      metricsHost: env.METRICS_HOST,
      consoleUrl: env.NEXTAUTH_URL ?? null,
    });
    log.info("gateway listening", { port: gateway.port, metricsPort: gateway.metricsPort });
    if (!signal.aborted) await once(signal, "abort");
    log.info("gateway draining");
    await gateway.stop();
  } finally {
    await db.close();
  }
}
