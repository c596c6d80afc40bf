import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import next from "next";
import { trustedProxies } from "#lib/platform/client-address.ts";
import { type Env, setRawEnv } from "#lib/platform/env.ts";
import { createLog } from "#lib/platform/log.ts";
import { createWebFront } from "./create-web-front.ts";

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
  if (!isDev) await configureStandalone(dir);
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

/**
 * A standalone output lacks what Next reads next.config.mjs with: its own `server.js` passes the configuration of the build
 * on in this variable, and so do we. (Seen in 16.4.6.)
 */
async function configureStandalone(dir: string): Promise<void> {
  const { config } = JSON.parse(await readFile(join(dir, ".next", "required-server-files.json"), "utf8"));
  if (config.output === "standalone") setRawEnv("__NEXT_PRIVATE_STANDALONE_CONFIG", JSON.stringify(config));
}
