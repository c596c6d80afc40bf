import type { Client } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { addNodeRow, settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { loadSnapshot } from "#lib/gateway/snapshot/load-snapshot.ts";
import type { Snapshot } from "#lib/gateway/snapshot/snapshot.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { goodFolder } from "#lib/registry/testing/adapter-folder.ts";
import { versionMaker } from "#lib/registry/testing/copy-version.ts";
import { addAdapter, addPool } from "#lib/registry/testing/register.ts";
import { CONTROL_LOOP, endDueControls } from "../controls/control-loop.ts";
import { leapClock } from "./fault-world.ts";

export type ControlWorld = {
  api: TestApi;
  admin: Client;
  clock: ReturnType<typeof leapClock>;
  poolId: string;
  /** Two serving nodes that exist as rows only. */
  nodeIds: readonly [string, string];
  /** A tenant whose second version is live and whose first was live before; both are proven on every node. */
  addLiveTenant(slug: string): Promise<{ tenantId: string; previousId: string; liveId: string }>;
  /** One turn of a worker that has just taken over the loop. */
  turn(deps?: Deps): Promise<void>;
  /** What the gateway would go by. */
  snapshot(): Promise<Snapshot>;
  close(): Promise<void>;
};

/** The real API and catalog, and a clock that can be moved ahead. */
export async function createControlWorld(): Promise<ControlWorld> {
  const clock = leapClock();
  const api = await createTestApi({ clock });
  const { admin, deps } = api;
  const poolId = (await addPool(admin, "pool", "/data/adapters")).id;
  const first = await addNodeRow(deps.db, { poolId, name: "node-1" });
  const second = await addNodeRow(deps.db, { poolId, name: "node-2" });
  const addPrevious = versionMaker(admin, () => deps.db, goodFolder("support-bot"));
  const addLive = versionMaker(admin, () => deps.db, goodFolder("billing-helper"));
  let workers = 0;
  return {
    api,
    admin,
    clock,
    poolId,
    nodeIds: [first.id, second.id],
    async addLiveTenant(slug) {
      const { tenant, adapter } = await addAdapter(admin, slug, poolId);
      const [previousId, liveId] = [await addPrevious(adapter.id), await addLive(adapter.id)];
      for (const id of [previousId, liveId])
        await admin.call("POST /versions/{versionId}/stage", { params: { versionId: id }, body: {} });
      await settleFleet(deps.db);
      const pointers = { liveVersionId: liveId, previousVersionId: previousId, liveSince: clock.now() };
      await deps.db.write(platformScope, ({ client }) =>
        client.route.update({ where: { adapterId: adapter.id }, data: pointers }),
      );
      return { tenantId: tenant.id, previousId, liveId };
    },
    async turn(worker = deps) {
      workers += 1;
      const lease = createLease(deps.db, { name: CONTROL_LOOP, holder: `worker-${workers}`, ttlMs: 60_000 });
      const term = await lease.acquire();
      if (term === null) throw new Error("the loop's lease is taken");
      try {
        await endDueControls(worker, { signal: new AbortController().signal, term });
      } finally {
        await lease.release(term);
      }
    },
    snapshot: () => loadSnapshot({ ...deps, now: () => clock.now() }),
    close: () => api.close(),
  };
}
