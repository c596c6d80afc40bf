import { afterAll, beforeAll, expect, it } from "vitest";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { advanceAll, CUTOVER_LOOP } from "./loop.ts";
import { cutoverTurn } from "./testing/cutover-turn.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "./testing/share-world.ts";
import { trafficDouble } from "./testing/traffic-double.ts";

let world: ShareWorld;
beforeAll(async () => {
  world = await createShareWorld();
});
afterAll(() => world.close());

/** A worker that dies at the end of each change, before it is committed. */
async function killedTurn({ db, ...rest }: Deps): Promise<void> {
  const lease = createLease(db, { name: CUTOVER_LOOP, holder: crypto.randomUUID(), ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("the loop's lease is taken");
  const dying: Deps["db"] = {
    ...db,
    write: (scope, change) =>
      db.write(scope, async (tx) => {
        await change(tx);
        throw new Error("killed");
      }),
  };
  try {
    await advanceAll({ ...rest, db: dying }, { signal: new AbortController().signal, term });
  } finally {
    await lease.release(term);
  }
}

it("leaves a cutover whole when its worker is killed, in each phase and on the way back", async () => {
  const traffic = trafficDouble(world.db);
  await traffic.heard();
  const { tenantId, adapterId, versionId: v1 } = await world.addTenant("killed", 10);
  await world.goLive(adapterId, v1);
  const live = { tenantId, adapterId, versionId: v1 };
  await traffic.asked(400, live);
  const toVersionId = await world.addVersion(adapterId);
  const candidate = { tenantId, adapterId, versionId: toVersionId };
  const plan = { weights: [10, 50], minRequests: 30, minMinutes: 0, soakMinutes: 60 };
  const { id } = await world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, overrideReason: OVERRIDE, plan },
  });
  await settleFleet(world.db);
  const state = async () => ({
    cutover: await world.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId: id } }),
    route: (await world.adapter(adapterId)).route,
    holds: await world.db.read(platformScope, ({ client }) => client.hold.count()),
  });
  const steps: [phase: string, weight: number, before: () => Promise<unknown>][] = [
    ["shadow", 0, async () => {}],
    ["canary", 10, () => traffic.asked(30, candidate, { kind: "shadow" })],
    ["canary", 50, () => traffic.asked(30, candidate)],
    ["soaking", 100, () => traffic.asked(30, candidate)],
    ["rolled_back", 0, () => traffic.asked(20, candidate, { status: 500 })],
  ];
  for (const [phase, weight, before] of steps) {
    await before();
    const stood = await state();
    await expect(killedTurn(world.api.deps)).rejects.toThrow("cutovers got stuck");
    expect(await state()).toEqual(stood);
    await cutoverTurn(world.api.deps);
    expect((await state()).cutover).toMatchObject({ phase, weight });
  }
  expect((await state()).route).toMatchObject({ liveVersionId: v1, candidateVersionId: null, mirrorVersionId: null });
  const told = await world.db.read(platformScope, ({ client }) =>
    client.serviceCondition.findMany({ where: { type: "GuardBreached" } }),
  );
  expect(told).toMatchObject([{ subject: `version:${toVersionId}`, tenantId, status: "true" }]);
});
