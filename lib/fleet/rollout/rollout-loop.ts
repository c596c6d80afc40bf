import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import { advanceRollout } from "./advance-rollout.ts";
import { runningRolloutIds } from "./rollout-store.ts";

export const ROLLOUT_LOOP = "rollouts";
const INTERVAL_MS = 3_000;
const LEASE_MS = 30_000;

/** Carries rollouts of engine limits out, until `signal` aborts. Pools go side by side, a pool's nodes one by one. */
export async function runRolloutLoop(
  deps: Deps,
  signal: AbortSignal,
  options: { intervalMs?: number; holder?: string; random?: () => number } = {},
): Promise<void> {
  const random = options.random ?? Math.random;
  await runLeasedLoop(deps, signal, {
    name: ROLLOUT_LOOP,
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    leaseMs: LEASE_MS,
    wakesOn: ["Rollout", "Node"],
    holder: options.holder,
    random,
    tick: async (turn) => {
      const fence = { name: ROLLOUT_LOOP, term: turn.term };
      const ids = await systemRead(deps, ROLLOUT_LOOP, (ctx) => runningRolloutIds(ctx.tx));
      const jobs = ids.map((rolloutId) => advanceRollout({ deps, fence, rolloutId, random, signal: turn.signal }));
      const failed = (await Promise.allSettled(jobs)).filter((job) => job.status === "rejected");
      if (failed.length > 0) throw new Error(failed.map(({ reason }) => errorText(reason)).join("; "));
    },
  });
}
