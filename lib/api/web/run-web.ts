import { once } from "node:events";
import { createServer } from "node:http";
import next from "next";
import { trustedProxies } from "#lib/platform/client-address.ts";
import { type Env, setRawEnv } from "#lib/platform/env.ts";
import { createLog } from "#lib/platform/log.ts";
import { createWebFront } from "./create-web-front.ts";
import { standaloneConfig } from "./standalone-config.ts";

/** What still runs is answered in this time; a start kills a program after 25 s. */
const DRAIN_MS = 15_000;

/**
 * The web process: Next behind our own HTTP server. Resolves when it was asked to end and the last answer is given.
 * @param isDev reloads on change, over Next's own websocket
 */
export async function runWeb(env: Env, { isDev, signal }: { isDev: boolean; signal: AbortSignal }): Promise<void> {
  const log = createLog("web", env.LOG_LEVEL);
  const { server, connections } = createWebFront({
    handle: async (request, response) => handle(request, response),
    trusted: trustedProxies(env.TRUSTED_PROXIES),
    log,
  });
  // Next upgrades connections on this server. In production nothing does: a request to upgrade gets an ordinary answer.
  const httpServer = isDev ? server : createServer();
  const dir = process.cwd();
  const standalone = isDev ? null : await standaloneConfig(dir);
  if (standalone !== null) setRawEnv("__NEXT_PRIVATE_STANDALONE_CONFIG", standalone);
  const app = next({ dev: isDev, dir, port: env.PORT, httpServer });
  await app.prepare();
  const handle = app.getRequestHandler();
  server.listen(env.PORT);
  await once(server, "listening");
  log.info("listening", { port: env.PORT });
  if (!signal.aborted) await once(signal, "abort");
  await connections.drain(DRAIN_MS, () => log.warn("connections cut off at the deadline"));
  await app.close();
}
