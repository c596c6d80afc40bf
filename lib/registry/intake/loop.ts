import type { Deps } from "#lib/identity/ctx.ts";
import { createLease, processHolder } from "#lib/platform/lease.ts";
import { runLoop } from "#lib/platform/loop.ts";
import { expireDrafts } from "./expire-drafts.ts";
import { sweepIncoming } from "./sweep-incoming.ts";

export const INTAKE_LOOP = "intake";
const INTERVAL_MS = 30_000;
const LEASE_MS = 90_000;
/** Bytes that nobody has touched for this long were left behind by a crash. */
const IDLE_MS = 86_400_000;

/** Gives up abandoned drafts, and clears what broken-off uploads left in the store, until `signal` aborts. */
export const runIntakeLoop = (deps: Deps, signal: AbortSignal): Promise<void> =>
  runLoop({
    name: INTAKE_LOOP,
    intervalMs: INTERVAL_MS,
    jitterRatio: 0.1,
    clock: deps.clock,
    random: Math.random,
    signal,
    lease: createLease(deps.db, { name: INTAKE_LOOP, holder: processHolder, ttlMs: LEASE_MS }),
    tick: async ({ term }) => {
      const expired = await expireDrafts(deps, { name: INTAKE_LOOP, term });
      if (expired > 0) deps.log.info("abandoned drafts given up", { expired });
      const removed = await sweepIncoming(deps, IDLE_MS);
      if (removed > 0) deps.log.info("abandoned uploads removed", { removed });
    },
    log: deps.log,
  });
