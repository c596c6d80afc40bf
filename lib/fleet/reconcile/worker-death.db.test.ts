import { afterAll, beforeAll, expect, it } from "vitest";
import { createFaultWorld, type FaultWorld } from "../testing/fault-world.ts";
import { effectsToDieAt, mortalDeps } from "../testing/mortal-deps.ts";

/** A worker is killed at each thing it does while it loads, and while it unloads. */
let world: FaultWorld;
beforeAll(async () => {
  world = await createFaultWorld(["node-a"]);
  await world.resync(); // the first poll asks for more than later ones
});
afterAll(() => world.close());

const ALIVE = Number.MAX_SAFE_INTEGER;
const loadsOf = async (versionId: string) => {
  const { items } = await world.api.admin.call("GET /nodes/{nodeId}/events", {
    params: { nodeId: world.nodeIds.get("node-a") ?? "" },
    query: { limit: 200 },
  });
  return items.filter((event) => event.kind === "load" && event.versionId === versionId && event.outcome === "ok");
};

/** @returns how many effects the whole command has, so that a test can die at each */
async function countEffects(prepare: () => Promise<void>): Promise<number> {
  await prepare();
  const whole = mortalDeps(world.api.deps, ALIVE, "before");
  await world.resync(whole);
  expect(await world.faults()).toEqual([]);
  return whole.effects();
}

async function dieAt(n: number, moment: "before" | "after"): Promise<void> {
  const worker = mortalDeps(world.api.deps, n, moment);
  await expect(world.resync(worker)).rejects.toThrow("killed");
  expect(worker.isDead()).toBe(true);
}

it.each(["before", "after"] as const)(
  "a load is finished by the next worker, whatever step its worker died %s",
  async (moment) => {
    const version = await world.version(`load-${moment}`);
    const effects = await countEffects(() => world.stage(version));
    expect(effects).toBeGreaterThan(8);
    for (const n of effectsToDieAt(moment, effects)) {
      await world.unstage(version);
      await world.settle();
      await world.stage(version);
      await dieAt(n, moment);
      world.clock.leap(120_000); // a load whose reply was lost may be tried again after a minute
      expect([n, (await world.settle()) <= 2]).toEqual([n, true]);
    }
    expect((await loadsOf(version.id)).length).toBeGreaterThan(0);
  },
  120_000,
);

it.each(["before", "after"] as const)(
  "an unload is finished by the next worker, whatever step its worker died %s",
  async (moment) => {
    const version = await world.version(`unload-${moment}`);
    await world.stage(version);
    await world.settle();
    const effects = await countEffects(() => world.unstage(version));
    for (const n of effectsToDieAt(moment, effects)) {
      await world.stage(version);
      await world.settle();
      await world.unstage(version);
      await dieAt(n, moment);
      world.clock.leap(120_000);
      expect([n, (await world.settle()) <= 2]).toEqual([n, true]);
    }
  },
  120_000,
);
