import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { recordAnnotation } from "./record-annotation.ts";
import * as seed from "./testing/seed-catalog.ts";

const START = new Date("2026-11-24T12:00:00.000Z");
const clock = manualClock(START);
let api: TestApi;
type Place = { poolId: string; nodeId: string; tenantId: string; adapterId: string };
let red: Place;
let blue: Place;
/** Has an adapter in each pool. */
let both: string;

async function place(name: string): Promise<Place> {
  const { db } = api.deps;
  const poolId = await seed.seedPool(db);
  const nodeId = await seed.seedNode(db, {
    poolId,
    name: `${name}-node`,
    baseUrl: `http://${name}.test`,
    seenAt: START,
  });
  const tenantId = await seed.seedTenant(db, { slug: name });
  return { poolId, nodeId, tenantId, adapterId: await seed.seedAdapter(db, { tenantId, poolId, slug: "bot" }) };
}

const record = (title: string, tenantId: string | null, ref: { type: string; id: string } | null) =>
  systemWrite(api.deps, "test", (ctx) => recordAnnotation(ctx, { kind: "cutover", title, tenantId, ref }));

/** Two pools, each with a node and a tenant, and a tenant in both. */
beforeAll(async () => {
  api = await createTestApi({ clock });
  const { db } = api.deps;
  [red, blue] = [await place("red"), await place("blue")];
  both = await seed.seedTenant(db, { slug: "both" });
  for (const { poolId, nodeId, tenantId, adapterId } of [red, blue]) {
    const slug = poolId === red.poolId ? "red" : "blue";
    const own = await seed.seedAdapter(db, { tenantId: both, poolId, slug });
    await record(`${slug}: cut over`, tenantId, { type: "adapter", id: adapterId });
    await record(`both: ${slug} cut over`, both, { type: "adapter", id: own });
    await db.write(platformScope, async ({ client }) => {
      const event = { nodeId, message: "", at: START };
      const id = () => newId("loadEvent");
      await client.loadEvent.create({ data: { id: id(), ...event, kind: "restart", outcome: "noted" } });
      await client.loadEvent.create({
        data: { id: id(), ...event, kind: "load", outcome: "ok", tenantId, loraName: `${slug}--bot--v1-0123456789ab` },
      });
      const control = { startedBy: "ops", startedAt: START, expiresAt: new Date(START.getTime() + 3_600_000) };
      await client.control.create({
        data: { id: newId("control"), kind: "serve_fallback", tenantId, reason: `because of ${slug}`, ...control },
      });
    });
  }
  await record("both: renamed", both, null);
  clock.advance(60_000);
});
afterAll(() => api.close());

const titles = async (query: { poolId?: string; nodeId?: string; tenantId?: string }) => {
  const { items } = await api.admin.call("GET /annotations", { query });
  return items.map(({ title }) => title.replace(/^.*: because/, "because")).sort();
};

describe("the marks of a view", () => {
  const red_ = ["because of red", "both: red cut over", "both: renamed", "red: cut over"];

  it("are of a pool: its nodes', and those of tenants and adapters that belong to it", async () => {
    const own = [...red_, "red-node restarted", "bot v1 of red loaded on red-node"].sort();
    expect(await titles({ poolId: red.poolId })).toEqual(own);
    const chart = await api.admin.call("GET /charts/{metric}", {
      params: { metric: "evictions" },
      query: { poolId: red.poolId },
    });
    expect(chart.annotations).toHaveLength(own.length);
    const traced = await api.admin.call("GET /charts/{metric}", {
      params: { metric: "errors" },
      query: { poolId: red.poolId },
    });
    expect(traced.annotations).toHaveLength(own.length);
  });

  it("are of a node: its own and those of its pool's tenants", async () => {
    expect(await titles({ nodeId: blue.nodeId })).toEqual(
      [
        "because of blue",
        "blue: cut over",
        "both: blue cut over",
        "both: renamed",
        "blue-node restarted",
        "bot v1 of blue loaded on blue-node",
      ].sort(),
    );
  });

  it("are of a tenant: its own, and what hit the nodes of the pools that serve it", async () => {
    expect(await titles({ tenantId: red.tenantId })).toEqual(
      ["because of red", "bot v1 of red loaded on red-node", "red-node restarted", "red: cut over"].sort(),
    );
    expect(await titles({ tenantId: both })).toEqual(
      [
        "blue-node restarted",
        "both: blue cut over",
        "both: red cut over",
        "both: renamed",
        "red-node restarted",
      ].sort(),
    );
    expect(await titles({ tenantId: both, poolId: red.poolId })).toEqual(
      ["both: red cut over", "both: renamed", "red-node restarted"].sort(),
    );
  });

  it("are of the whole fleet: all of them", async () => {
    expect(await titles({})).toHaveLength(11);
  });
});
