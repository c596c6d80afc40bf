import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { loadSnapshot } from "#lib/gateway/snapshot/load-snapshot.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { UpdateSettings } from "../browser/settings-schema.ts";

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const NIGHT = { from: { day: "sat", time: "22:00" }, to: { day: "sun", time: "06:00" }, timeZone: "Europe/Berlin" };
const read = () => api.admin.call("GET /settings", {});
const change = async (body: UpdateSettings, generation?: number) =>
  api.admin.call("PATCH /settings", { body, generation: generation ?? (await read()).generation });
const gatewaySettings = async () => (await loadSnapshot({ ...api.deps, now: () => api.deps.clock.now() })).settings;

describe("settings", () => {
  it("have defaults, are changed one by one, and reach the gateway", async () => {
    expect(await read()).toEqual({
      tenantHeader: "x-tenant-id",
      healthCheckInterval: 10,
      evictionAlertThreshold: 50,
      swapSourceAlert: "disk",
      originKeepDays: 14,
      cutoverShadow: true,
      cutoverWeights: [1, 5, 25, 50],
      cutoverMinRequests: 30,
      cutoverStepMinutes: 10,
      cutoverSoakMinutes: 60,
      freezeWindows: [],
      evalYieldWaiting: 4,
      evalYieldDeferred: 0,
      evalReplyDays: 180,
      generation: 1,
    });
    const after = await change({ tenantHeader: "X-Customer_Name", healthCheckInterval: 5 });
    expect(after).toMatchObject({
      tenantHeader: "x-customer_name",
      healthCheckInterval: 5,
      evictionAlertThreshold: 50,
    });
    expect(await gatewaySettings()).toEqual({ tenantHeader: "x-customer_name", healthCheckIntervalMs: 5_000 });
    expect(await change({ swapSourceAlert: null })).toMatchObject({ swapSourceAlert: null, healthCheckInterval: 5 });
    expect(await read()).toMatchObject({ swapSourceAlert: null });
    const { items } = await api.admin.call("GET /audit", { query: { objectId: "settings" } });
    expect(items.map(({ before, after: now }) => [before, now])).toEqual([
      [{ swapSourceAlert: "disk" }, { swapSourceAlert: null }],
      [
        { tenantHeader: "x-tenant-id", healthCheckInterval: 10 },
        { tenantHeader: "x-customer_name", healthCheckInterval: 5 },
      ],
    ]);
  });

  it("are not changed by someone who saw an older state, whichever of them that was", async () => {
    const { generation } = await read();
    const edits = [change({ originKeepDays: 30 }, generation), change({ evictionAlertThreshold: 80 }, generation)];
    const outcomes = await Promise.allSettled(edits);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await problemOf(change({ originKeepDays: 31 }, generation))).toMatchObject({ status: 412 });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a header that means something else", { tenantHeader: "Authorization" }, "tenantHeader"],
    ["a header of the body", { tenantHeader: "content-language" }, "tenantHeader"],
    ["one of ours", { tenantHeader: "x-switchyard-version" }, "tenantHeader"],
    ["no token", { tenantHeader: "x tenant" }, "tenantHeader"],
    ["a second header", { tenantHeader: "x-tenant\r\nx-admin" }, "tenantHeader"],
    ["a check every no second", { healthCheckInterval: 0 }, "healthCheckInterval"],
    ["a threshold below zero", { evictionAlertThreshold: -1 }, "evictionAlertThreshold"],
    ["a tier that nothing is swapped from", { swapSourceAlert: "gpu" }, "swapSourceAlert"],
    ["a window in no zone", { freezeWindows: [{ ...NIGHT, timeZone: "Berlin" }] }, "freezeWindows.0.timeZone"],
    ["a window without a length", { freezeWindows: [NIGHT, { ...NIGHT, to: NIGHT.from }] }, "freezeWindows.1.to"],
    [
      "windows that never open",
      { freezeWindows: [NIGHT, { ...NIGHT, from: NIGHT.to, to: NIGHT.from }] },
      "freezeWindows",
    ],
  ])("refuse %s", async (_name, body, field) => {
    const before = await read();
    const response = await api.fetch("/api/v1/settings", {
      method: "PATCH",
      headers: {
        authorization: `Bearer ${api.adminKey}`,
        "content-type": "application/json",
        "if-match": `"g${before.generation}"`,
      },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(422);
    expect((await response.json()).errors).toMatchObject([{ field }]);
    expect(await read()).toEqual(before);
  });

  it("that make no sense count as the default, and stop nothing", async () => {
    await api.deps.db.write(platformScope, ({ client }) =>
      client.setting.update({ where: { key: "tenant_header" }, data: { value: { not: "a name" } } }),
    );
    expect((await read()).tenantHeader).toBe("x-tenant-id");
    expect((await gatewaySettings()).tenantHeader).toBe("x-tenant-id");
  });

  it("are the admins' to change and the staff's to read", async () => {
    const tenant = await api.admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } });
    const { generation } = await read();
    const body = { originKeepDays: 7 };
    for (const scope of ["platform:operate", "platform:read"] as const) {
      const client = await api.clientWith([scope]);
      expect(await client.call("GET /settings", {})).toMatchObject({ generation });
      expect(await problemOf(client.call("PATCH /settings", { body, generation }))).toMatchObject({ status: 403 });
    }
    const customer = await api.clientWith(["tenant:admin"], tenant.id);
    expect(await problemOf(customer.call("GET /settings", {}))).toMatchObject({ status: 403 });
  });
});
