import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startNode } from "#lib/api/testing/fleet.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import type { Version } from "#lib/registry/schema.ts";
import { holdPlacement } from "../hold-placement.ts";
import { createFaultWorld, type FaultWorld, listedOn } from "../testing/fault-world.ts";
import { PLACEMENT_LOOP, placeAll } from "./placement-loop.ts";

/** A move between simulated nodes, pass by pass: somebody can always answer. */
let world: FaultWorld;
beforeAll(async () => {
  world = await createFaultWorld(["node-a", "node-b"]);
});
afterAll(() => world.close());

let workers = 0;
async function turn() {
  workers += 1;
  const { deps } = world.api;
  const lease = createLease(deps.db, { name: PLACEMENT_LOOP, holder: `placer-${workers}`, ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("the loop's lease is taken");
  await placeAll(deps, { signal: new AbortController().signal, term });
  await lease.release(term);
}
async function pinTo(adapterId: string, nodeName: string) {
  const params = { adapterId };
  const { generation } = await world.api.admin.call("GET /adapters/{adapterId}/placement", { params });
  const body = { replicas: 1, pinnedNodeIds: [world.nodeIds.get(nodeName) ?? ""] };
  await world.api.admin.call("PUT /adapters/{adapterId}/placement", { params, generation, body });
}
/** A version that somebody needs wherever its adapter is placed. */
async function neededVersion(slug: string): Promise<Version> {
  const version = await world.version(slug);
  const holder = `previous:${version.adapterId}` as const;
  await systemWrite(world.api.deps, "test", (ctx) =>
    holdPlacement(ctx, { versionId: version.id, nodeIds: "pool", holder, reason: "A rollback needs it." }),
  );
  await world.settle();
  return version;
}
const lists = async (nodeName: string, version: Version) => {
  const node = world.nodes.get(nodeName);
  return node !== undefined && (await listedOn(node)).includes(version.loraName ?? "");
};
async function countEvents(nodeName: string, kind: "load" | "unload", version: Version): Promise<number> {
  const params = { nodeId: world.nodeIds.get(nodeName) ?? "" };
  const { items } = await world.api.admin.call("GET /nodes/{nodeId}/events", { params, query: { limit: 200 } });
  return items.filter((event) => event.kind === kind && event.versionId === version.id).length;
}

describe("an adapter that moves", () => {
  it("can be answered at every step, and is loaded once and unloaded once", async () => {
    const version = await neededVersion("acme");
    await pinTo(version.adapterId, "node-a");
    for (const step of [turn, turn, world.resync, world.resync]) await step();
    expect(await world.routable(version)).toEqual(["node-a"]);
    expect([await lists("node-a", version), await lists("node-b", version)]).toEqual([true, false]);

    await pinTo(version.adapterId, "node-b");
    const seen: string[] = [];
    for (let step = 0; step < 12; step += 1) {
      await (step % 2 === 0 ? turn() : world.resync());
      seen.push((await world.routable(version)).join("+"));
    }
    expect(seen).not.toContain("");
    expect([...new Set(seen)]).toEqual(["node-a", "node-a+node-b", "node-b"]);
    expect([await lists("node-a", version), await lists("node-b", version)]).toEqual([false, true]);
    expect(await world.faults()).toEqual([]);
    expect(await countEvents("node-b", "load", version)).toBe(2); // before it was thinned out, and for the move
    expect(await countEvents("node-a", "unload", version)).toBe(1);
  });

  it("stays where it is while its new node cannot be reached, and goes on when it is back", async () => {
    const version = await neededVersion("globex");
    await pinTo(version.adapterId, "node-a");
    for (const step of [turn, turn, world.resync, world.resync]) await step();
    const target = world.nodes.get("node-b");
    if (!target) throw new Error("no node-b");
    await target.stop();
    await world.resync();
    await world.resync();
    await pinTo(version.adapterId, "node-b");
    for (let step = 0; step < 8; step += 1) await (step % 2 === 0 ? turn() : world.resync());
    expect(await world.routable(version)).toEqual(["node-a"]);

    world.nodes.set("node-b", await startNode("node-b", Number(new URL(target.url).port)));
    const seen: string[] = [];
    for (let step = 0; step < 12; step += 1) {
      await (step % 2 === 0 ? turn() : world.resync());
      seen.push((await world.routable(version)).join("+"));
    }
    expect(seen).not.toContain("");
    expect(seen.at(-1)).toBe("node-b");
    expect(await world.faults()).toEqual([]);
  });
});
