import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { addPool, addVersion, seededAdapter, startNode } from "#lib/api/testing/fleet.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { Version } from "#lib/registry/schema.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { holdPlacement } from "../hold-placement.ts";
import { RECONCILE_LOOP } from "../last-seen.ts";
import { releasePlacement } from "../release-placement.ts";
import { routableNodes, servingNodes } from "../routable-nodes.ts";
import type { LoadEventKind } from "../schema.ts";
import { runReconcileLoop } from "./loop.ts";
import { reconcileNode } from "./reconcile-node.ts";

/** Two simulated nodes under a running reconcile loop; everything is put there through the API. */
let api: TestApi;
let poolId: string;
let nodes: [SimNode, SimNode];
const nodeIds = new Map<string, string>();
let loop: Promise<void>;
const stop = new AbortController();
const until = { timeout: 20_000, interval: 60 };

beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, api.deps.adapterStore)).id;
  nodes = [await startNode("node-a"), await startNode("node-b")];
  for (const node of nodes) await addNode(node);
  loop = runReconcileLoop(api.deps, stop.signal, { intervalMs: 200 });
});
afterAll(async () => {
  stop.abort();
  await loop;
  await Promise.all(nodes.map((node) => node.stop()));
  await api.close();
});

async function addNode(node: SimNode): Promise<string> {
  const { id } = await api.admin.call("POST /nodes", { body: { poolId, name: node.name, baseUrl: node.url } });
  nodeIds.set(node.name, id);
  return id;
}
const idOf = (name: string) => nodeIds.get(name) ?? "";

async function readyVersion(slug: string, isFaint = false): Promise<Version> {
  const tenant = await api.admin.call("POST /tenants", { body: { slug, name: slug } });
  const adapter = await api.admin.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "bot", name: "Bot", poolId },
  });
  return addVersion(api.admin, adapter.id, await seededAdapter(slug, isFaint));
}
const stage = (versionId: string, body: { nodeIds?: string[] } = {}) =>
  api.admin.call("POST /versions/{versionId}/stage", { params: { versionId }, body });
const unstage = (versionId: string) => api.admin.call("POST /versions/{versionId}/unstage", { params: { versionId } });
const placementsOf = async (versionId: string) =>
  (await api.admin.call("GET /placements", { query: { versionId } })).items;
const statesOf = async (versionId: string) => (await placementsOf(versionId)).map(({ state }) => state).sort();
const becomes = (versionId: string, states: string[]) =>
  vi.waitFor(async () => expect(await statesOf(versionId)).toEqual(states), until);
const nodeView = (name: string) => api.admin.call("GET /nodes/{nodeId}", { params: { nodeId: idOf(name) } });
const eventsOf = async (name: string, kind: LoadEventKind) =>
  (
    await api.admin.call("GET /nodes/{nodeId}/events", { params: { nodeId: idOf(name) }, query: { limit: 200 } })
  ).items.filter((event) => event.kind === kind);
const listedOn = async (node: SimNode): Promise<string[]> => {
  const { data } = (await (await fetch(`${node.url}/v1/models`)).json()) as {
    data: { id: string; parent: string | null }[];
  };
  return data.filter((card) => card.parent !== null).map((card) => card.id);
};
const postTo = async (node: SimNode, path: string, body: object) =>
  (
    await fetch(`${node.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
  ).status;

describe("a staged version", () => {
  it("is loaded and proven on every serving node, and found by those who route", async () => {
    const version = await readyVersion("acme");
    const { items } = await stage(version.id);
    expect(items.map(({ state, desire }) => [state, desire])).toEqual([
      ["loading", "present"],
      ["loading", "present"],
    ]);
    await becomes(version.id, ["routable", "routable"]);
    const placements = await placementsOf(version.id);
    for (const placement of placements)
      expect(placement).toMatchObject({
        reason: "probe_passed",
        updating: false,
        attempts: 0,
        probe: { outcome: "effect", positions: 16 },
        holds: [{ holder: `stage:${version.id}` }],
      });
    const routable = await systemRead(api.deps, "test", ({ tx }) => routableNodes(tx, version.id));
    expect(routable.map(({ nodeName, loraName }) => [nodeName, loraName])).toEqual([
      ["node-a", version.loraName],
      ["node-b", version.loraName],
    ]);
    expect(await eventsOf("node-a", "load")).toMatchObject([
      { outcome: "ok", versionId: version.id, durationMs: expect.any(Number) },
    ]);
    expect(await eventsOf("node-a", "probe")).toMatchObject([{ outcome: "ok" }]);
  });

  it("is loaded again after somebody unloaded it by hand", async () => {
    const version = await readyVersion("hooli");
    await stage(version.id);
    await becomes(version.id, ["routable", "routable"]);
    const epoch = (await nodeView("node-a")).epoch;
    expect(await postTo(nodes[0], "/v1/unload_lora_adapter", { lora_name: version.loraName })).toBe(200);
    await vi.waitFor(async () => {
      const reloads = (await eventsOf("node-a", "load")).filter((event) => event.versionId === version.id);
      expect(reloads).toHaveLength(2);
    }, until);
    await becomes(version.id, ["routable", "routable"]);
    expect(await listedOn(nodes[0])).toContain(version.loraName);
    expect((await eventsOf("node-a", "drift")).map((event) => event.versionId)).toContain(version.id);
    expect((await nodeView("node-a")).epoch).toBe(epoch);
  });

  it("is unloaded and forgotten once nobody holds it, and may then be retired", async () => {
    const version = await readyVersion("umbrella");
    await stage(version.id);
    await becomes(version.id, ["routable", "routable"]);
    await expect(
      api.admin.call("POST /versions/{versionId}/retire", { params: { versionId: version.id } }),
    ).rejects.toMatchObject({
      problem: { code: "version_in_use" },
    });
    await unstage(version.id);
    await becomes(version.id, []);
    for (const node of nodes) expect(await listedOn(node)).not.toContain(version.loraName);
    expect((await eventsOf("node-b", "unload")).map((event) => event.versionId)).toContain(version.id);
    const retired = await api.admin.call("POST /versions/{versionId}/retire", { params: { versionId: version.id } });
    expect(retired.state).toBe("retired");
  });

  it("stays while anybody else holds it", async () => {
    const version = await readyVersion("stark");
    await stage(version.id);
    const holder = "cutover:cut_test" as const;
    await systemWrite(api.deps, "test", (ctx) =>
      holdPlacement(ctx, { versionId: version.id, nodeIds: "pool", holder, reason: "A cutover warms it up." }),
    );
    await becomes(version.id, ["routable", "routable"]);
    await expect(unstage(version.id)).rejects.toMatchObject({ problem: { status: 409, code: "version_in_cutover" } });
    const release = (who: "stage" | "cutover") =>
      systemWrite(api.deps, "test", (ctx) =>
        releasePlacement(ctx, { versionId: version.id, holder: who === "stage" ? `stage:${version.id}` : holder }),
      );
    expect(await release("stage")).toEqual({ held: 2, releaseHold: 0 });
    expect(await statesOf(version.id)).toEqual(["routable", "routable"]);
    expect(await release("cutover")).toEqual({ held: 2, releaseHold: 2 });
    await becomes(version.id, []);
  });

  it("is shown to its own customer without nodes and holds, and to no other", async () => {
    const version = await readyVersion("globex");
    await stage(version.id);
    await becomes(version.id, ["routable", "routable"]);
    const customer = await api.clientWith(["tenant:read"], version.tenantId);
    const { items } = await customer.call("GET /placements", { query: {} });
    expect(items.map(({ versionId, state, nodeName, holds }) => ({ versionId, state, nodeName, holds }))).toEqual([
      { versionId: version.id, state: "routable", nodeName: null, holds: [] },
      { versionId: version.id, state: "routable", nodeName: null, holds: [] },
    ]);
    await expect(
      customer.call("POST /versions/{versionId}/stage", { params: { versionId: version.id }, body: {} }),
    ).rejects.toMatchObject({
      problem: { status: 403 },
    });
  });
});

describe("what must never be routable", () => {
  it("an adapter that changes no answer", async () => {
    const version = await readyVersion("faint", true);
    await stage(version.id);
    await becomes(version.id, ["failed", "failed"]);
    for (const placement of await placementsOf(version.id))
      expect(placement).toMatchObject({ reason: "probe_no_effect", probe: { outcome: "no_effect" } });
    expect(await systemRead(api.deps, "test", ({ tx }) => routableNodes(tx, version.id))).toEqual([]);
    await stage(version.id); // another try, another probe, the same answer
    await vi.waitFor(async () => {
      const probes = (await eventsOf("node-a", "probe")).filter((event) => event.versionId === version.id);
      expect(probes.map(({ outcome }) => outcome)).toEqual(["failed", "failed"]);
    }, until);
    expect(await statesOf(version.id)).toEqual(["failed", "failed"]);
  });

  it("a version whose stored bytes are not those that were registered", async () => {
    const version = await readyVersion("tampered");
    const stored = await api.deps.db.read(platformScope, ({ client }) =>
      client.adapterVersion.findUnique({ where: { id: version.id } }),
    );
    const file = join(api.deps.adapterStore, stored?.storePath ?? "", "adapter_config.json");
    await chmod(file, 0o644);
    await writeFile(file, "{}");
    await stage(version.id);
    await vi.waitFor(async () => {
      const { state } = await api.admin.call("GET /versions/{versionId}", { params: { versionId: version.id } });
      expect(state).toBe("quarantined");
    }, until);
    await becomes(version.id, ["failed", "failed"]);
    for (const node of nodes) expect(await listedOn(node)).not.toContain(version.loraName);
    const { items } = await api.admin.call("GET /audit", { query: { objectId: version.id } });
    expect(items.filter(({ action }) => action === "version.quarantine")).toHaveLength(1);
  });

  it("an adapter that nobody asked for: it is shown as node drift and left alone", async () => {
    const version = await readyVersion("stranger");
    const stored = await api.deps.db.read(platformScope, ({ client }) =>
      client.adapterVersion.findUnique({ where: { id: version.id } }),
    );
    const path = join(api.deps.adapterStore, stored?.storePath ?? "");
    expect(await postTo(nodes[1], "/v1/load_lora_adapter", { lora_name: "by-hand", lora_path: path })).toBe(200);
    await vi.waitFor(async () => {
      expect(await nodeView("node-b")).toMatchObject({ health: "degraded", drift: [{ loraName: "by-hand" }] });
    }, until);
    expect(await listedOn(nodes[1])).toContain("by-hand");
    expect(await postTo(nodes[1], "/v1/unload_lora_adapter", { lora_name: "by-hand" })).toBe(200);
    await vi.waitFor(
      async () => expect(await nodeView("node-b")).toMatchObject({ health: "healthy", drift: [] }),
      until,
    );
  });
});

describe("a node that dies", () => {
  it("is unreachable with everything unknown, then restores all by itself and honours what was let go", async () => {
    const [kept, dropped] = [await readyVersion("kept"), await readyVersion("dropped")];
    for (const version of [kept, dropped]) {
      await stage(version.id);
      await becomes(version.id, ["routable", "routable"]);
    }
    const before = await nodeView("node-a");
    await nodes[0].kill();
    await becomes(kept.id, ["routable", "unknown"]);
    expect(await nodeView("node-a")).toMatchObject({ health: "unreachable", epoch: before.epoch });
    expect(await systemRead(api.deps, "test", ({ tx }) => routableNodes(tx, kept.id))).toMatchObject([
      { nodeName: "node-b" },
    ]);
    expect(await systemRead(api.deps, "test", ({ tx }) => servingNodes(tx, poolId))).toMatchObject([
      { nodeName: "node-b" },
    ]);
    await unstage(dropped.id);
    await becomes(dropped.id, ["unknown"]); // gone from node-b, waiting for node-a

    nodes[0] = await startNode("node-a", nodes[0].port);
    await becomes(kept.id, ["routable", "routable"]);
    await becomes(dropped.id, []);
    await vi.waitFor(async () => {
      const after = await nodeView("node-a");
      expect(after).toMatchObject({ health: "healthy", epoch: before.epoch + 1 });
      expect(after.placements).toMatchObject({ desired: before.placements.desired - 1 });
    }, until);
    const listed = await listedOn(nodes[0]);
    expect(listed).toContain(kept.loraName);
    expect(listed).not.toContain(dropped.loraName);
    for (const kind of ["unreachable", "restart", "restore"] as const)
      expect(await eventsOf("node-a", kind)).toHaveLength(1);
  });
});

describe("a new serving node", () => {
  it("gets every version that all other serving nodes have; one in use cannot be removed", async () => {
    const everywhere = await readyVersion("everywhere");
    const partly = await readyVersion("partly");
    await stage(everywhere.id);
    await stage(partly.id, { nodeIds: [idOf("node-a")] });
    const third = await startNode("node-c");
    try {
      const id = await addNode(third);
      await becomes(everywhere.id, ["routable", "routable", "routable"]);
      await becomes(partly.id, ["routable"]);
      await expect(api.admin.call("DELETE /nodes/{nodeId}", { params: { nodeId: id } })).rejects.toMatchObject({
        problem: { status: 409, code: "node_in_use" },
      });
    } finally {
      await third.stop();
    }
  });

  it("of another pool is refused by name", async () => {
    const version = await readyVersion("elsewhere");
    await expect(stage(version.id, { nodeIds: ["node_00000000000000000000000000000000"] })).rejects.toMatchObject({
      problem: { status: 422, code: "node_not_in_pool", errors: [{ field: "nodeIds" }] },
    });
  });
});

describe("a worker that lost its lease", () => {
  it("writes nothing any more, whatever it was doing", async () => {
    const version = await readyVersion("fenced");
    stop.abort();
    await loop;
    const lease = (holder: string) => createLease(api.deps.db, { name: RECONCILE_LOOP, holder, ttlMs: 0 });
    const frozen = await lease("frozen").acquire();
    await lease("successor").acquire();
    await stage(version.id, { nodeIds: [idOf("node-b")] });
    const job = reconcileNode({
      deps: api.deps,
      fence: { name: RECONCILE_LOOP, term: frozen ?? 0n },
      nodeId: idOf("node-b"),
      random: () => 0,
      signal: new AbortController().signal,
      missedPolls: new Map(),
    });
    await expect(job).rejects.toMatchObject({ reason: "lease_lost" });
    expect(await listedOn(nodes[1])).not.toContain(version.loraName);
    expect(await placementsOf(version.id)).toMatchObject([{ state: "loading", reason: "waiting", updating: true }]);
  });
});
