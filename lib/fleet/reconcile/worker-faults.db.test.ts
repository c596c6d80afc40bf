import { mkdir, rename, rmdir } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startNode } from "#lib/api/testing/fleet.ts";
import { systemClock } from "#lib/platform/clock.ts";
import type { Version } from "#lib/registry/schema.ts";
import { busyDeps } from "../testing/busy-deps.ts";
import { createFaultWorld, type FaultWorld, listedOn } from "../testing/fault-world.ts";
import { gatedDeps } from "../testing/gated-deps.ts";
import { runReconcileLoop } from "./loop.ts";

/** What may happen to those who do the work: the worker, its database, its disk, and people who change their minds. */
const LOAD = "/v1/load_lora_adapter";
const HOUR_MS = 3_600_000;
let world: FaultWorld;
let count = 0;
beforeAll(async () => {
  world = await createFaultWorld(["n1", "n2"]);
  await world.resync();
});
afterAll(() => world.close());
afterEach(async () => {
  const { items } = await world.api.admin.call("GET /placements", { query: { limit: 200 } });
  const wanted = items.filter(({ desire }) => desire === "present");
  for (const versionId of new Set(wanted.map((placement) => placement.versionId)))
    await world.api.admin.call("POST /versions/{versionId}/unstage", { params: { versionId } });
  world.clock.leap(2 * HOUR_MS);
  await world.settle();
});

const newVersion = (): Promise<Version> => {
  count += 1;
  return world.version(`tenant-${count}`);
};
const nodeA = () => {
  const node = world.nodes.get("n1");
  if (!node) throw new Error("there is no node n1");
  return node;
};
const eventsOf = async (version: Version, kind: string) =>
  (
    await world.api.admin.call("GET /nodes/{nodeId}/events", {
      params: { nodeId: world.nodeIds.get("n1") ?? "" },
      query: { limit: 200 },
    })
  ).items.filter((event) => event.kind === kind && event.versionId === version.id);
const recovers = async () => {
  world.clock.leap(2 * HOUR_MS);
  expect(await world.settle()).toBeLessThanOrEqual(2);
};

describe("the worker", () => {
  it("frozen past its lease in mid-load changes nothing when it thaws", async () => {
    const version = await newVersion();
    await world.stage(version, ["n1"]);
    const frozen = gatedDeps(world.api.deps, LOAD);
    const first = world.resync(frozen.deps);
    await frozen.reached;
    await world.resync();
    expect(await world.routable(version)).toEqual(["n1"]);
    const before = await world.api.admin.call("GET /placements", { query: { versionId: version.id } });
    frozen.open();
    await expect(first).rejects.toMatchObject({ reason: "lease_lost" });
    expect(await world.api.admin.call("GET /placements", { query: { versionId: version.id } })).toEqual(before);
    expect(await world.faults()).toEqual([]);
  });

  it("works side by side with another one without loading anything twice", async () => {
    const versions = [await newVersion(), await newVersion(), await newVersion()];
    await world.letLeaseExpire();
    const stop = new AbortController();
    const deps = { ...world.api.deps, clock: systemClock };
    const workers = ["one", "two"].map((holder) => runReconcileLoop(deps, stop.signal, { intervalMs: 100, holder }));
    for (const version of versions) await world.stage(version);
    try {
      await vi.waitFor(async () => {
        for (const version of versions) expect(await world.routable(version)).toEqual(["n1", "n2"]);
      }, 20_000);
    } finally {
      stop.abort();
      await Promise.all(workers);
    }
    for (const version of versions) expect(await eventsOf(version, "load")).toMatchObject([{ outcome: "ok" }]);
  });

  it("loses every connection to the database in mid-load, and the next pass goes on", async () => {
    const version = await newVersion();
    await world.stage(version, ["n1"]);
    const cut = gatedDeps(world.api.deps, LOAD);
    const pass = world.resync(cut.deps);
    await cut.reached;
    await world.cutDatabase();
    cut.open();
    await pass.catch(() => {}); // whether the one in flight notices depends on what it was about to do
    // this test asks over the same connections, and may be the one who notices
    await vi.waitFor(() => world.api.admin.call("GET /pools", { query: {} }), 5_000);
    await recovers();
    expect(await world.routable(version)).toEqual(["n1"]);
  });

  it("finds the disk of the adapter store gone, says so, and loads when it is back", async () => {
    const [old, next] = [await newVersion(), await newVersion()];
    await world.stage(old);
    await world.settle();
    const { adapterStore } = world.api.deps;
    await rename(adapterStore, `${adapterStore}-away`);
    await mkdir(adapterStore);
    await world.stage(next);
    await world.resync();
    expect(await world.problemsOf("n1", world.clock.now())).toMatch(/empty of everything that was stored/);
    expect(await world.routable(old)).toEqual(["n1", "n2"]);
    await rmdir(adapterStore);
    await rename(`${adapterStore}-away`, adapterStore);
    await recovers();
    expect(await world.routable(next)).toEqual(["n1", "n2"]);
  });
});

describe("a node that restarts between two polls", () => {
  it("is noticed when its connections end, long before the next poll", async () => {
    const version = await newVersion();
    await world.stage(version);
    await world.settle();
    await world.letLeaseExpire();
    const params = { nodeId: world.nodeIds.get("n1") ?? "" };
    const { epoch } = await world.api.admin.call("GET /nodes/{nodeId}", { params });
    const stop = new AbortController();
    const busy = busyDeps({ ...world.api.deps, clock: systemClock });
    const loop = runReconcileLoop(busy.deps, stop.signal, { intervalMs: 3_600_000, holder: "watcher" });
    try {
      let asked = 0;
      await vi.waitFor(
        () => {
          const before = asked;
          asked = busy.asked();
          expect([asked - before, asked > 0, busy.isAtRest()]).toEqual([0, true, true]);
        },
        { timeout: 20_000, interval: 700 },
      );
      const { port } = nodeA();
      await nodeA().kill();
      world.nodes.set("n1", await startNode("n1", port));
      await vi.waitFor(async () => {
        expect((await world.api.admin.call("GET /nodes/{nodeId}", { params })).epoch).toBe(epoch + 1);
        expect(await world.routable(version)).toEqual(["n1", "n2"]);
      }, 20_000);
    } finally {
      stop.abort();
      await loop;
    }
  });
});

describe("a node that is away", () => {
  const goAway = async () => {
    const { port } = nodeA();
    await nodeA().kill();
    await world.resync();
    await world.resync();
    expect(await world.problemsOf("n1", world.clock.now())).toMatch(/unreachable/);
    return async () => {
      world.nodes.set("n1", await startNode("n1", port));
    };
  };

  it("gets what was wished meanwhile, and loses what was unwished", async () => {
    const [stays, goes, comes] = [await newVersion(), await newVersion(), await newVersion()];
    for (const version of [stays, goes]) await world.stage(version);
    await world.settle();
    const comeBack = await goAway();
    await world.unstage(goes);
    await world.stage(comes);
    expect(await world.routable(stays)).toEqual(["n2"]);
    await comeBack();
    await recovers();
    expect((await listedOn(nodeA())).sort()).toEqual([stays.loraName, comes.loraName].sort());
  });

  it("keeps the wish to unload as a tombstone until it can be carried out", async () => {
    const version = await newVersion();
    await world.stage(version);
    await world.settle();
    const comeBack = await goAway();
    await world.unstage(version);
    await world.resync();
    const { items } = await world.api.admin.call("GET /placements", { query: { versionId: version.id } });
    const kept = items.filter(({ reason }) => reason !== "unloaded");
    expect(kept.map(({ nodeName, desire }) => [nodeName, desire])).toEqual([["n1", "absent"]]);
    await comeBack();
    await recovers();
    world.clock.leap(3_000); // requests that began before the unload have ended by now
    await world.resync();
    expect((await world.api.admin.call("GET /placements", { query: { versionId: version.id } })).items).toEqual([]);
  });
});

describe("in the middle of a load", () => {
  const inMidLoad = async (version: Version, happens: () => Promise<unknown>) => {
    await world.stage(version, ["n1"]);
    const gate = gatedDeps(world.api.deps, LOAD);
    const pass = world.resync(gate.deps);
    await gate.reached;
    await happens();
    gate.open();
    await pass;
  };

  it("somebody no longer wants it: it is unloaded right after", async () => {
    const version = await newVersion();
    await inMidLoad(version, () => world.unstage(version));
    await recovers();
    expect(await listedOn(nodeA())).not.toContain(version.loraName);
  });

  it("the node restarts: it is loaded again", async () => {
    const version = await newVersion();
    const { port } = nodeA();
    await inMidLoad(version, async () => {
      await nodeA().kill();
      world.nodes.set("n1", await startNode("n1", port));
    });
    await recovers();
    expect(await world.routable(version)).toEqual(["n1"]);
  });

  it("the node is cordoned: it is loaded, and gets no requests until it is uncordoned", async () => {
    const version = await newVersion();
    const params = { nodeId: world.nodeIds.get("n1") ?? "" };
    await inMidLoad(version, () => world.api.admin.call("POST /nodes/{nodeId}/cordon", { params }));
    await recovers();
    expect(await world.routable(version)).toEqual([]);
    await world.api.admin.call("POST /nodes/{nodeId}/uncordon", { params });
    expect(await world.routable(version)).toEqual(["n1"]);
  });
});
