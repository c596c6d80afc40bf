import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { createLease, processHolder } from "#lib/platform/lease.ts";
import { runLoop } from "#lib/platform/loop.ts";
import { advanceRollout } from "./advance-rollout.ts";
import { runningRolloutIds } from "./rollout-store.ts";

export const ROLLOUT_LOOP = "rollouts";
const INTERVAL_MS = 3_000;
const LEASE_MS = 30_000;
const WAKES = new Set(["Rollout", "Node", ""]);

/** Carries rollouts of engine limits out, until `signal` aborts. Pools go side by side, a pool's nodes one by one. */
export async function runRolloutLoop(
  deps: Deps,
  signal: AbortSignal,
  options: { intervalMs?: number; holder?: string; random?: () => number } = {},
): Promise<void> {
  const random = options.random ?? Math.random;
  await runLoop({
    name: ROLLOUT_LOOP,
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    jitterRatio: 0.1,
    clock: deps.clock,
    random,
    signal,
    log: deps.log,
    lease: createLease(deps.db, { name: ROLLOUT_LOOP, holder: options.holder ?? processHolder, ttlMs: LEASE_MS }),
    wake: (onWake) =>
      deps.db.listen("switchyard_work", (table) => {
        if (WAKES.has(table)) onWake();
      }),
    tick: async (turn) => {
      const fence = { name: ROLLOUT_LOOP, term: turn.term };
      const ids = await systemRead(deps, ROLLOUT_LOOP, (ctx) => runningRolloutIds(ctx.tx));
      const jobs = ids.map((rolloutId) => advanceRollout({ deps, fence, rolloutId, random, signal: turn.signal }));
      const failed = (await Promise.allSettled(jobs)).filter((job) => job.status === "rejected");
      if (failed.length > 0) throw new Error(failed.map(({ reason }) => errorText(reason)).join("; "));
    },
  });
}
