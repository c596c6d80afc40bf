import type { Deps } from "#lib/identity/ctx.ts";
import { systemClock } from "#lib/platform/clock.ts";
import type { Database } from "#lib/platform/db.ts";
import { createLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { createSecrets } from "#lib/platform/secrets.ts";

/** What the product's own code runs with, on a database and a store of the bench's own. */
export const buildBenchDeps = (db: Database, adapterStore: string): Deps => ({
  db,
  clock: systemClock,
  log: createLog("bench", "error"),
  secrets: createSecrets("5a".repeat(32)),
  outbound: createOutbound(),
  adapterStore,
  gatewayUrl: "http://127.0.0.1:1",
});
