import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import * as seed from "../testing/seed-catalog.ts";
import { recordAnnotation } from "./record-annotation.ts";

const START = new Date("2026-11-24T12:00:00.000Z");
const clock = manualClock(START);
let api: TestApi;
let red: seed.Place;
let blue: seed.Place;
/** Has an adapter in each pool. */
let both: string;

const record = (title: string, tenantId: string | null, ref: { type: string; id: string } | null) =>
  systemWrite(api.deps, "test", (ctx) => recordAnnotation(ctx, { kind: "cutover", title, tenantId, ref }));

/** Two pools, each with a node and a tenant, and a tenant in both. */
beforeAll(async () => {
  api = await createTestApi({ clock });
  const { db } = api.deps;
  [red, blue] = [await seed.seedPlace(api.deps.db, "red", START), await seed.seedPlace(api.deps.db, "blue", START)];
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
  const node = await fire({ nodeId: red.nodeId, poolId: red.poolId, what: "is down" });
  await fire({ tenantId: both, what: "is slow by it", causeId: node });
  await fire({ poolId: blue.poolId, what: "is full", resolvedAt: new Date(START.getTime() + 30_000) });
  await fire({ tenantId: blue.tenantId, what: "is on fallback" });
  await fire({ what: "knows nothing new" });
  await fire({ poolId: red.poolId, what: "may become full", firedAt: null, state: "pending" });
  const { generation } = await api.admin.call("GET /settings", {});
  await api.admin.call("PATCH /settings", { generation, body: { evictionAlertThreshold: 60 } });
  for (const { poolId } of [red, blue]) {
    const params = { poolId };
    const pool = await api.admin.call("GET /pools/{poolId}", { params });
    const body = { queueMax: poolId === red.poolId ? 11 : 22 };
    await api.admin.call("PATCH /pools/{poolId}", { params, generation: pool.generation, body });
  }
  clock.advance(60_000);
});
afterAll(() => api.close());

type AlertSeed = {
  what: string;
  firedAt?: Date | null;
  state?: "pending";
  resolvedAt?: Date;
} & Partial<Record<"nodeId" | "poolId" | "tenantId" | "causeId", string>>;

async function fire(alert: AlertSeed): Promise<string> {
  const id = newId("alert");
  const common = { id, rule: "node_down", severity: "warning", state: "firing", dedupeKey: id } as const;
  const subject = { subjectType: "node", subjectId: "x", subjectName: "It", sentence: "", evidence: {} };
  const data = { ...common, ...subject, startedAt: START, firedAt: START, ...alert };
  await api.deps.db.write(platformScope, ({ client }) => client.alert.create({ data }));
  return id;
}

const titles = async (query: { poolId?: string; nodeId?: string; tenantId?: string }) => {
  const { items } = await api.admin.call("GET /annotations", { query });
  const told = items.filter(({ kind }) => kind !== "alert" && kind !== "settings");
  return told.map(({ title }) => title.replace(/^.*: because/, "because")).sort();
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
    const withNoted = own.length + 4;
    expect(chart.annotations).toHaveLength(withNoted);
    const traced = await api.admin.call("GET /charts/{metric}", {
      params: { metric: "errors" },
      query: { poolId: red.poolId },
    });
    expect(traced.annotations).toHaveLength(withNoted);
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

describe("alerts and settings on a time line", () => {
  const noted = async (query: { poolId?: string; nodeId?: string; tenantId?: string }) => {
    const { items } = await api.admin.call("GET /annotations", { query });
    const of = (kind: string) => items.filter((mark) => mark.kind === kind).map(({ title }) => title);
    return { alerts: of("alert").sort(), settings: of("settings").sort() };
  };
  const everybodys = "Alert: It knows nothing new";
  const forAll = "Settings: evictionAlertThreshold 50 → 60";

  it("are of the whole fleet: what fired, without what came with it, and what was over; edits with what differs", async () => {
    expect(await noted({})).toEqual({
      alerts: [
        "Alert over: It is full",
        "Alert: It is down",
        "Alert: It is full",
        "Alert: It is on fallback",
        everybodys,
      ].sort(),
      settings: ["Settings of Pool: queueMax 512 → 11", "Settings of Pool: queueMax 512 → 22", forAll],
    });
  });

  it("are of a pool and of its node, with what is of everybody", async () => {
    const settings = ["Settings of Pool: queueMax 512 → 11", forAll];
    expect(await noted({ poolId: red.poolId })).toEqual({ alerts: ["Alert: It is down", everybodys], settings });
    expect(await noted({ nodeId: red.nodeId })).toEqual({ alerts: ["Alert: It is down", everybodys], settings });
    expect((await noted({ nodeId: blue.nodeId })).alerts).toEqual(
      // what it came from is of the other pool, and is not told here
      [
        "Alert over: It is full",
        "Alert: It is full",
        "Alert: It is on fallback",
        "Alert: It is slow by it",
        everybodys,
      ].sort(),
    );
  });

  it("are of a tenant: its own, those of the pools that serve it, and no other's", async () => {
    expect(await noted({ tenantId: red.tenantId })).toEqual({
      alerts: ["Alert: It is down", everybodys],
      settings: ["Settings of Pool: queueMax 512 → 11", forAll],
    });
    expect((await noted({ tenantId: blue.tenantId })).alerts).toContain("Alert: It is on fallback");
  });

  it("are on no chart of a customer", async () => {
    const customer = await api.clientWith(["tenant:admin"], blue.tenantId);
    const charts = ["latency", "errors"] as const;
    for (const metric of charts) {
      const { annotations } = await customer.call("GET /charts/{metric}", { params: { metric }, query: {} });
      expect(annotations.map(({ title }) => title)).toEqual(["blue: cut over"]);
    }
    for (const path of ["GET /annotations", "GET /events/recent"] as const)
      expect((await customer.call(path, { query: {} })).items.map(({ kind }) => kind)).toEqual(["cutover"]);
  });
});
