import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { audit } from "#lib/identity/audit.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import type { ChangesQuery } from "../browser/changes-schema.ts";

const START = new Date("2026-11-24T12:00:00.000Z");
const clock = manualClock(START);
let api: TestApi;
let red: seed.Place;
let blue: seed.Place;
/** Has an adapter in each pool. */
let both: string;

/** A row of the trail, as the rooms write them. @param what the reason, by which the tests know it again */
const happens = (what: string, type: "pool" | "node" | "tenant" | "adapter", id: string, tenantId: string | null) =>
  systemWrite(api.deps, "test", (ctx) =>
    audit(ctx, { action: `${type}.update`, object: { type, id }, tenantId, reason: what }),
  );

/** Two pools, each with a node and a tenant of its own, and a tenant in both: each of them was changed. */
beforeAll(async () => {
  api = await createTestApi({ clock });
  [red, blue] = [await seed.seedPlace(api.deps.db, "red", START), await seed.seedPlace(api.deps.db, "blue", START)];
  both = await seed.seedTenant(api.deps.db, { slug: "both" });
  await happens("tenant both", "tenant", both, both);
  for (const [name, { poolId, nodeId, tenantId, adapterId }] of Object.entries({ red, blue })) {
    await happens(`pool ${name}`, "pool", poolId, null);
    await happens(`node ${name}`, "node", nodeId, null);
    await happens(`tenant ${name}`, "tenant", tenantId, tenantId);
    await happens(`adapter ${name}`, "adapter", adapterId, tenantId);
    const own = await seed.seedAdapter(api.deps.db, { tenantId: both, poolId, slug: name });
    await happens(`both in ${name}`, "adapter", own, both);
  }
  const { generation } = await api.admin.call("GET /settings", {});
  await api.admin.call("PATCH /settings", { generation, body: { evictionAlertThreshold: 60 } });
  clock.advance(60_000);
});
afterAll(() => api.close());

/** What was changed by its reason; the settings, which say none, by what they are. */
const changed = async (query: Partial<ChangesQuery>) => {
  const { items } = await api.admin.call("GET /changes", { query: { limit: 200, ...query } });
  return items
    .filter(({ group }) => group !== "access")
    .map(({ reason, action }) => reason ?? action)
    .sort();
};

describe("what changed, by scope", () => {
  it("is of a pool: its settings, nodes, tenants and adapters, and what counts for all pools", async () => {
    expect(await changed({ poolId: red.poolId })).toEqual(
      ["adapter red", "both in red", "node red", "pool red", "settings.update", "tenant both", "tenant red"].sort(),
    );
  });

  it("is of a node: what was done to it and to its pool, and what counts for all pools", async () => {
    expect(await changed({ nodeId: blue.nodeId })).toEqual(
      [
        "adapter blue",
        "both in blue",
        "node blue",
        "pool blue",
        "settings.update",
        "tenant blue",
        "tenant both",
      ].sort(),
    );
  });

  it("is of a tenant: its own, that of the pools that serve it, and what counts for all pools", async () => {
    expect(await changed({ tenantId: red.tenantId })).toEqual(
      ["adapter red", "node red", "pool red", "settings.update", "tenant red"].sort(),
    );
    expect(await changed({ tenantId: both, poolId: blue.poolId })).toEqual(
      ["both in blue", "node blue", "pool blue", "settings.update", "tenant both"].sort(),
    );
  });
});
