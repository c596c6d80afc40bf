import type { Deps } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { advanceRollout } from "../rollout/advance-rollout.ts";
import { ROLLOUT_LOOP } from "../rollout/rollout-loop.ts";
import { runningRolloutIds } from "../rollout/rollout-store.ts";
import type { Rollout, StartRollout } from "../schema.ts";
import { createFaultWorld, type FaultWorld } from "./fault-world.ts";

const LEASE_MS = 60_000;
const ROUNDS = 60;

export type RolloutWorld = FaultWorld & {
  start(body: Partial<StartRollout> & { target: StartRollout["target"] }): Promise<Rollout>;
  read(rolloutId: string): Promise<Rollout>;
  /** One step of every running rollout, by a worker that took the lease for it. */
  step(deps?: Deps): Promise<void>;
  /** Steps and passes over the nodes, some time apart, until `isThere`. */
  until(rolloutId: string, isThere: (rollout: Rollout) => boolean): Promise<Rollout>;
  setPool(body: Record<string, unknown>): Promise<unknown>;
};

/** A pool with simulated nodes whose passes and rollout steps are made by hand. */
export async function createRolloutWorld(names: readonly string[]): Promise<RolloutWorld> {
  const fleet = await createFaultWorld(names);
  const { api } = fleet;
  let workers = 0;
  const world: RolloutWorld = {
    ...fleet,
    start: ({ target, ...rest }) =>
      api.admin.call("POST /pools/{poolId}/rollouts", {
        params: { poolId: fleet.poolId },
        body: { drainSeconds: 60, restartSeconds: 600, ...rest, target },
      }),
    read: (rolloutId) => api.admin.call("GET /rollouts/{rolloutId}", { params: { rolloutId } }),
    async step(deps = api.deps) {
      await api.deps.db.write(platformScope, async ({ client }) => {
        await client.lease.updateMany({ where: { name: ROLLOUT_LOOP }, data: { expiresAt: new Date(0) } });
      });
      workers += 1;
      const lease = createLease(deps.db, { name: ROLLOUT_LOOP, holder: `roller-${workers}`, ttlMs: LEASE_MS });
      const term = await lease.acquire();
      if (term === null) throw new Error("another worker holds the lease");
      const fence = { name: ROLLOUT_LOOP, term };
      const signal = new AbortController().signal;
      for (const rolloutId of await deps.db.read(platformScope, runningRolloutIds))
        await advanceRollout({ deps, fence, rolloutId, random: () => 0.5, signal });
    },
    async until(rolloutId, isThere) {
      for (let round = 0; round < ROUNDS; round += 1) {
        const rollout = await world.read(rolloutId);
        if (isThere(rollout)) return rollout;
        await world.step();
        fleet.clock.leap(3_000);
        await fleet.resync();
      }
      throw new Error(`not there after ${ROUNDS} rounds: ${JSON.stringify(await world.read(rolloutId))}`);
    },
    async setPool(body) {
      const params = { poolId: fleet.poolId };
      const { generation } = await api.admin.call("GET /pools/{poolId}", { params });
      return api.admin.call("PATCH /pools/{poolId}", { params, generation, body });
    },
  };
  return world;
}
