import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { addPool, addVersion, type FileMap, seededAdapter, startNode, trainedAdapter } from "./testing/fleet.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

/** From nothing to a routable version over the API alone, on two simulated nodes and a running reconcile loop. */
let api: TestApi;
let nodes: SimNode[];
let loop: Promise<void>;
const stop = new AbortController();
const until = { timeout: 60_000, interval: 50 };

beforeAll(async () => {
  api = await createTestApi();
  nodes = [await startNode("node-a"), await startNode("node-b")];
  const pool = await addPool(api.admin, api.deps.adapterStore);
  for (const node of nodes)
    await api.admin.call("POST /nodes", { body: { poolId: pool.id, name: node.name, baseUrl: node.url } });
  loop = runReconcileLoop(api.deps, stop.signal, { intervalMs: 250 });
});
afterAll(async () => {
  stop.abort();
  await loop;
  await Promise.all(nodes.map((node) => node.stop()));
  await api.close();
});

async function onboard(slug: string, files: FileMap) {
  const pool = (await api.admin.call("GET /pools", { query: {} })).items[0];
  const tenant = await api.admin.call("POST /tenants", { body: { slug, name: slug } });
  const adapter = await api.admin.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "bot", name: "Bot", poolId: pool?.id ?? "" },
  });
  return { tenant, adapter, version: await addVersion(api.admin, adapter.id, files) };
}
const stage = (versionId: string) =>
  api.admin.call("POST /versions/{versionId}/stage", { params: { versionId }, body: {} });
const statesOf = async (versionId: string) =>
  (await api.admin.call("GET /placements", { query: { versionId } })).items.map((placement) => placement.state).sort();
const listedOn = async (node: SimNode): Promise<string[]> => {
  const { data } = (await (await fetch(`${node.url}/v1/models`)).json()) as {
    data: { id: string; parent: string | null }[];
  };
  return data.filter((card) => card.parent !== null).map((card) => card.id);
};

describe("a real PEFT adapter", () => {
  it("passes its checks, loads on every node of its pool and is proven by a request", async () => {
    const { version } = await onboard("acme", await trainedAdapter("support-bot"));
    expect(version.checkReport?.findings.filter((finding) => finding.severity === "error")).toEqual([]);
    expect(version).toMatchObject({
      state: "ready",
      rank: 16,
      loraName: expect.stringMatching(/^acme--bot--v1-[0-9a-f]{12}$/),
    });
    await stage(version.id);
    await vi.waitFor(async () => expect(await statesOf(version.id)).toEqual(["routable", "routable"]), until);
    for (const node of nodes) expect(await listedOn(node)).toContain(version.loraName);
  });

  it("comes back by itself after its node was killed", async () => {
    const [first] = nodes;
    if (!first) throw new Error("no node");
    const names = await listedOn(first);
    expect(names.length).toBeGreaterThan(0);
    await first.kill();
    nodes[0] = await startNode("node-a", first.port);
    await vi.waitFor(async () => {
      const node = (await api.admin.call("GET /nodes", { query: {} })).items.find((item) => item.name === "node-a");
      expect(node).toMatchObject({ epoch: 2, placements: { desired: names.length, routable: names.length } });
    }, until);
    expect((await listedOn(nodes[0])).sort()).toEqual(names.sort());
  });
});

describe("an adapter whose weights are too faint to change an answer", () => {
  it("loads, fails its probe and never becomes routable", async () => {
    const { version } = await onboard("faint", await seededAdapter("faint", true));
    expect(version.state).toBe("ready");
    await stage(version.id);
    await vi.waitFor(async () => expect(await statesOf(version.id)).toEqual(["failed", "failed"]), until);
    const { items } = await api.admin.call("GET /placements", { query: { versionId: version.id } });
    expect(items.map((placement) => placement.probe?.outcome)).toEqual(["no_effect", "no_effect"]);
  });
});
