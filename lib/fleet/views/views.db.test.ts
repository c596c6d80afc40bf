import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { addVersionRow } from "#lib/registry/testing/add-version-row.ts";
import { addAdapter, addPool } from "#lib/registry/testing/register.ts";

let api: TestApi;
let poolId: string;
let tenantId: string;
let low: string;
let draft: string;
let nodeId: string;

beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, "pool", "/data/adapters", { maxLoras: 4 })).id;
  const { tenant, adapter } = await addAdapter(api.admin, "acme", poolId);
  tenantId = tenant.id;
  low = await addVersionRow(
    api.deps,
    adapter.id,
    { number: 1, state: "ready", rank: 8, targetModules: ["q_proj"] },
    "live",
  );
  draft = await addVersionRow(api.deps, adapter.id, { number: 2, state: "draft" });
  nodeId = newId("node");
  await api.deps.db.write(platformScope, async ({ client }) => {
    const node = { poolId, gpu: "L4", pricePerHour: 1, simulated: true };
    await client.node.create({ data: { ...node, id: nodeId, name: "one", baseUrl: "http://one" } });
    await client.node.create({
      data: { ...node, id: newId("node"), name: "two", baseUrl: "http://two", standalone: true },
    });
    const event = { nodeId, versionId: low, tenantId, message: "" };
    for (const [minute, kind] of ["load", "probe", "unload"].entries())
      await client.loadEvent.create({
        data: { ...event, id: newId("loadEvent"), kind, outcome: "ok", at: new Date(Date.UTC(2026, 0, 1, 0, minute)) },
      });
  });
});
afterAll(() => api.close());

describe("memory", () => {
  it("of a version below its pool's rank: half of what it takes is padding, priced on the serving node", async () => {
    const memory = await api.admin.call("GET /versions/{versionId}/memory", { params: { versionId: low } });
    expect(memory).toMatchObject({ rank: 8, poolRank: 16, higherRank: { rank: 32 } });
    expect(memory.wasteShare.figure).toMatchObject({ value: 0.5, source: "derived" });
    expect(memory.wasteCost.figure).toMatchObject({ unit: "USD/month", simulated: true, coverage: { seen: 1, of: 1 } });
    expect(memory.wasteCost.figure.value).toBeGreaterThan(0);
  });

  it("of a draft knows the slot and nothing else", async () => {
    const memory = await api.admin.call("GET /versions/{versionId}/memory", { params: { versionId: draft } });
    expect(memory.slot.figure.value).toBeGreaterThan(0);
    expect([memory.rank, memory.real.figure.value, memory.wasteShare.figure.value]).toEqual([null, null, null]);
  });

  it("of a pool counts its live versions' ranks and its serving nodes", async () => {
    const memory = await api.admin.call("GET /pools/{poolId}/memory", { params: { poolId } });
    expect(memory).toMatchObject({ nodes: 1, rank: 16, ranks: [{ rank: 8, versions: 1 }] });
    expect(memory.slots.figure.value).toBe(4 * (memory.slot.figure.value ?? 0));
    expect(memory.waste.figure.value).toBe((memory.slots.figure.value ?? 0) / 2);
  });
});

describe("events of a version", () => {
  it("come newest first with the node's name, page by page", async () => {
    const events = (cursor?: string) =>
      api.admin.call("GET /versions/{versionId}/events", { params: { versionId: low }, query: { limit: 2, cursor } });
    const first = await events();
    const second = await events(first.nextCursor ?? undefined);
    expect([...first.items, ...second.items].map(({ kind, nodeName }) => `${kind} ${nodeName}`)).toEqual([
      "unload one",
      "probe one",
      "load one",
    ]);
    expect(second.nextCursor).toBeNull();
  });
});

it("none of it is a customer's to read, and an absent version is absent", async () => {
  const customer = await api.clientWith(["tenant:admin"], tenantId);
  const statusOf = async (call: Promise<unknown>) =>
    call.then(
      () => 200,
      (error: unknown) => (error instanceof ApiError ? error.problem.status : 0),
    );
  const versionId = newId("version");
  expect([
    await statusOf(customer.call("GET /versions/{versionId}/memory", { params: { versionId: low } })),
    await statusOf(customer.call("GET /pools/{poolId}/memory", { params: { poolId } })),
    await statusOf(customer.call("GET /versions/{versionId}/events", { params: { versionId: low }, query: {} })),
    await statusOf(api.admin.call("GET /versions/{versionId}/events", { params: { versionId }, query: {} })),
    await statusOf(api.admin.call("GET /versions/{versionId}/memory", { params: { versionId } })),
  ]).toEqual([403, 403, 403, 404, 404]);
});

describe("targets for Prometheus", () => {
  it("are all nodes, for a key that reads metrics and nothing else", async () => {
    const key = await api.keyWith(["metrics:read"], null);
    const reply = await api.fetch("/api/v1/prometheus/targets", { headers: { authorization: `Bearer ${key}` } });
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await reply.json()).toEqual([
      expect.objectContaining({ targets: ["one:80"], labels: expect.objectContaining({ node: "one", pool: "pool" }) }),
      expect.objectContaining({ targets: ["two:80"] }),
    ]);
  });

  it("are not for customers", async () => {
    const key = await api.keyWith(["tenant:admin"], tenantId);
    const reply = await api.fetch("/api/v1/prometheus/targets", { headers: { authorization: `Bearer ${key}` } });
    expect([403, 404]).toContain(reply.status);
  });
});
