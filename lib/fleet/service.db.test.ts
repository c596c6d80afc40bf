import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Deps } from "#lib/identity/ctx.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { createFaultWorld, type FaultWorld, listedOn, postTo } from "./testing/fault-world.ts";

/** Two simulated nodes, worked on pass by pass. */
let world: FaultWorld;
beforeAll(async () => {
  world = await createFaultWorld(["node-a", "node-b"]);
});
afterAll(() => world.close());

const nodeA = (): SimNode => {
  const node = world.nodes.get("node-a");
  if (!node) throw new Error("there is no node-a");
  return node;
};
const idOf = (name: string) => world.nodeIds.get(name) ?? "";
const params = (name: string) => ({ params: { nodeId: idOf(name) } });
const show = (name: string) => world.api.admin.call("GET /nodes/{nodeId}", params(name));
const drain = (name: string, deadlineSeconds: number) =>
  world.api.admin.call("POST /nodes/{nodeId}/drain", { ...params(name), body: { deadlineSeconds } });
const uncordon = (name: string) => world.api.admin.call("POST /nodes/{nodeId}/uncordon", params(name));
const eventsOf = async (name: string, kind: string) =>
  (await world.api.admin.call("GET /nodes/{nodeId}/events", { ...params(name), query: { limit: 200 } })).items.filter(
    (event) => event.kind === kind,
  );

describe("a drain", () => {
  afterEach(async () => {
    for (const name of world.nodeIds.keys()) await uncordon(name);
    nodeA().clearFaults();
    await world.resync();
  });

  it("takes no new requests at once, waits for what runs, and says when it has drained", async () => {
    const version = await world.version("drained");
    await world.stage(version);
    await world.settle();
    const running = fetch(`${nodeA().url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: version.loraName, prompt: "A long story", max_tokens: 1_000, ignore_eos: true }),
    });
    running.catch(() => {}); // awaited below
    expect(await drain("node-a", 600)).toMatchObject({ health: "draining", cordoned: true });
    expect(await world.routable(version)).toEqual(["node-b"]);
    await world.resync();
    expect((await show("node-a")).health).toBe("draining");
    await (await running).text();
    world.clock.leap(3_000);
    await world.resync();
    const drained = await show("node-a");
    expect(drained).toMatchObject({ health: "cordoned", drainDeadline: null });
    expect(drained.healthReason).toMatch(/Drained at \d\d:\d\d:\d\d UTC/);
    expect((await eventsOf("node-a", "drain")).map(({ outcome }) => outcome)).toEqual(["ok", "noted"]);
    await uncordon("node-a");
    await world.resync();
    expect(await show("node-a")).toMatchObject({ health: "healthy", cordoned: false });
    expect(await world.routable(version)).toEqual(["node-a", "node-b"]);
  });

  it("ends at its deadline whatever runs, and says so", async () => {
    nodeA().inject({ kind: "error", path: "/metrics" });
    await drain("node-a", 60);
    await world.resync();
    expect((await show("node-a")).health).toBe("draining");
    world.clock.leap(61_000);
    await world.resync();
    const after = await show("node-a");
    expect(after.health).toBe("cordoned");
    expect(after.healthReason).toContain("deadline passed");
  });

  it("is called off by uncordon, and moved by another drain", async () => {
    const first = await drain("node-a", 60);
    const second = await drain("node-a", 600);
    expect(Date.parse(second.drainDeadline ?? "")).toBeGreaterThan(Date.parse(first.drainDeadline ?? ""));
    expect(await uncordon("node-a")).toMatchObject({ cordoned: false, drainDeadline: null });
  });

  it("says when nobody else serves, and refuses nothing", async () => {
    expect((await drain("node-a", 0)).healthReason).not.toContain("No other node");
    expect((await drain("node-b", 0)).healthReason).toContain("No other node of its pool takes requests");
  });
});

describe("an idle pass", () => {
  /** Counts transactions that may write. */
  const counting = (deps: Deps) => {
    let writes = 0;
    const db: Deps["db"] = {
      ...deps.db,
      write: (scope, change) => {
        writes += 1;
        return deps.db.write(scope, change);
      },
    };
    return { deps: { ...deps, db }, writes: () => writes };
  };
  /** Every row of the fleet with the transaction that wrote it last. */
  const rowsWritten = () =>
    world.api.deps.db.read(
      platformScope,
      ({ client }) => client.$queryRaw`
        SELECT "id", xmin::text FROM "Node" UNION ALL SELECT "id", xmin::text FROM "Placement"
        UNION ALL SELECT "id", xmin::text FROM "Registration" UNION ALL SELECT "id", xmin::text FROM "LoadEvent" ORDER BY 1`,
    );

  it("writes nothing but its lease, which tells when each node was seen", async () => {
    await world.stage(await world.version("idle"));
    await world.settle();
    world.clock.leap(11_000);
    await world.resync();
    const before = await rowsWritten();
    const idle = counting(world.api.deps);
    for (let pass = 0; pass < 3; pass += 1) await world.resync(idle.deps);
    // each pass takes the lease and reports on it
    expect(idle.writes()).toBe(6);
    const seenAt = Date.parse((await show("node-a")).lastSeenAt ?? "");
    world.clock.leap(3_600_000);
    await world.resync();
    expect(await show("node-a")).toMatchObject({ health: "healthy" });
    expect(Date.parse((await show("node-a")).lastSeenAt ?? "") - seenAt).toBeGreaterThanOrEqual(3_600_000);
    expect(await rowsWritten()).toEqual(before);
  });
});

describe("names that nobody asked for", () => {
  const setPolicy = async (driftPolicy: "keep" | "remove") => {
    const at = { params: { poolId: world.poolId } };
    const { generation } = await world.api.admin.call("GET /pools/{poolId}", at);
    await world.api.admin.call("PATCH /pools/{poolId}", { ...at, generation, body: { driftPolicy } });
  };
  afterEach(() => setPolicy("keep"));

  it("are shown under keep and unloaded under remove, and the time line says why", async () => {
    const version = await world.version("wanted");
    await world.stage(version);
    await world.settle();
    const path = await pathOf(nodeA(), version.loraName ?? "");
    expect(await postTo(nodeA(), "/v1/load_lora_adapter", { lora_name: "by-hand", lora_path: path })).toBe(200);
    await world.resync();
    expect((await show("node-a")).drift).toMatchObject([{ loraName: "by-hand" }]);
    expect(await listedOn(nodeA())).toContain("by-hand");
    await setPolicy("remove");
    await world.resync();
    const listed = await listedOn(nodeA());
    expect(listed).not.toContain("by-hand");
    expect(listed).toContain(version.loraName);
    expect((await show("node-a")).drift).toEqual([]);
    expect((await eventsOf("node-a", "drift"))[0]).toMatchObject({ loraName: "by-hand", outcome: "ok" });
  });

  it("are left alone for a while when the node refuses, and the pass ends", async () => {
    const path = await pathOf(nodeA(), (await listedOn(nodeA()))[0] ?? "");
    await postTo(nodeA(), "/v1/load_lora_adapter", { lora_name: "stubborn", lora_path: path });
    nodeA().inject({ kind: "error", path: "/v1/unload_lora_adapter" });
    await setPolicy("remove");
    await world.resync();
    expect(await listedOn(nodeA())).toContain("stubborn");
    expect((await eventsOf("node-a", "drift"))[0]).toMatchObject({ loraName: "stubborn", outcome: "failed" });
    nodeA().clearFaults();
    await world.resync();
    expect(await listedOn(nodeA())).not.toContain("stubborn");
  });
});

async function pathOf(node: SimNode, loraName: string): Promise<string> {
  const { data } = (await (await fetch(`${node.url}/v1/models`)).json()) as { data: { id: string; root: string }[] };
  return data.find(({ id }) => id === loraName)?.root ?? "";
}

describe("another try", () => {
  const retry = (placementId: string) =>
    world.api.admin.call("POST /placements/{placementId}/retry", { params: { placementId } });
  const placementOn = async (versionId: string) => {
    const { items } = await world.api.admin.call("GET /placements", { query: { versionId, nodeId: idOf("node-a") } });
    const [placement] = items;
    if (!placement) throw new Error("there is no placement");
    return placement;
  };

  it("is made at once, while the version that serves goes on", async () => {
    const old = await world.version("retry-old");
    const next = await world.version("retry-next");
    await world.stage(old);
    await world.settle();
    nodeA().inject({ kind: "error", path: "/v1/load_lora_adapter" });
    await world.stage(next, ["node-a"]);
    await world.resync();
    const failed = await placementOn(next.id);
    expect(failed).toMatchObject({ state: "failed" });
    expect(failed.attempts).toBeGreaterThan(0);
    expect(await world.routable(old)).toEqual(["node-a", "node-b"]);
    nodeA().clearFaults();
    expect(await retry(failed.id)).toMatchObject({ attempts: 0, nextAttemptAt: null, updating: true });
    await world.resync();
    expect(await placementOn(next.id)).toMatchObject({ state: "routable", updating: false });
    await expect(retry(failed.id)).rejects.toMatchObject({ problem: { status: 409, code: "nothing_to_retry" } });
  });

  it("is nobody's but the platform's", async () => {
    const version = await world.version("retry-foreign");
    await world.stage(version, ["node-a"]);
    const { id: placementId } = await placementOn(version.id);
    for (const client of [
      await world.api.clientWith(["platform:read"]),
      await world.api.clientWith(["tenant:admin"], version.tenantId),
    ])
      await expect(
        client.call("POST /placements/{placementId}/retry", { params: { placementId } }),
      ).rejects.toMatchObject({ problem: { status: 403 } });
  });
});
