import type { Deps } from "#lib/identity/ctx.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { openDatabase } from "#lib/platform/db.ts";
import { type Env, readEnv } from "#lib/platform/env.ts";
import { createLog } from "#lib/platform/log.ts";
import { createMailer } from "#lib/platform/mail.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { createSecrets } from "#lib/platform/secrets.ts";

/** Builds what every process but the gateway's hot path works with. @throws Error naming the setting that is missing */
export function buildDeps(env: Env, service: string): Deps {
  if (!env.DATABASE_URL) throw new Error("DATABASE_URL is not set; `npm start` sets it for the embedded database.");
  if (!env.SECRETS_KEY) throw new Error("SECRETS_KEY is not set (64 hex digits).");
  const log = createLog(service, env.LOG_LEVEL);
  return {
    db: openDatabase(env.DATABASE_URL, log),
    clock: systemClock,
    log,
    secrets: createSecrets(env.SECRETS_KEY),
    outbound: createOutbound(),
    adapterStore: env.adapterStore,
    gatewayUrl: `http://127.0.0.1:${env.GATEWAY_PORT}`,
    mailer: env.SMTP_URL === undefined ? undefined : createMailer(env.SMTP_URL),
    consoleUrl: env.NEXTAUTH_URL?.replace(/\/+$/, ""),
  };
}

/** One set for the web process; development reloads modules, so it is kept beside them. */
const kept = globalThis as { switchyardWeb?: { env: Env; deps: Deps } };
export function webDeps(): { env: Env; deps: Deps } {
  kept.switchyardWeb ??= (() => {
    const env = readEnv();
    return { env, deps: buildDeps(env, "web") };
  })();
  return kept.switchyardWeb;
}
