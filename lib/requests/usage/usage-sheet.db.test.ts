import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { parseCsv } from "#lib/registry/imports/parse-csv.ts";
import { makeUsage } from "../testing/make-usage.ts";
import { recordUsage } from "./record-usage.ts";
import type { UsageRow } from "./usage.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
let api: TestApi;
let ids: { acme: string; other: string; adapterId: string; versionId: string };

/** Two lines of usage: a version of acme's, and requests of the other tenant that no version answered. */
beforeAll(async () => {
  api = await createTestApi({ clock: manualClock(new Date(NOON.getTime() + 3_600_000)) });
  const { db } = api.deps;
  const poolId = await seed.seedPool(db);
  const acme = await seed.seedTenant(db, { slug: "acme" });
  const other = await seed.seedTenant(db, { slug: "other" });
  // no slug of today begins so; a row of the catalog may
  const adapterId = await seed.seedAdapter(db, { tenantId: acme, poolId, slug: "=1+1" });
  const versionId = await seed.seedVersion(db, { tenantId: acme, adapterId, number: 3, loraName: "acme--x--v3" });
  ids = { acme, other, adapterId, versionId };
  const row = (change: Partial<UsageRow>) =>
    makeUsage({ at: NOON, tenantId: acme, simulated: true, latency: { 70: 4, 71: 1 }, ...change });
  await recordUsage(db, [
    row({ adapterId, versionId, requests: 5, promptTokens: 3_000_000_000 }),
    row({ tenantId: other, requests: 2, failed: 2 }),
  ]);
});
afterAll(() => api.close());

const download = (query: string, key = api.adminKey) =>
  api.fetch(`/api/v1/usage.csv${query}`, { headers: { authorization: `Bearer ${key}` } });
/** The file as a spreadsheet reads it: a line is its cells by the names of the columns. */
const read = async (query: string, key = api.adminKey) => {
  const reply = await download(query, key);
  expect(reply.status).toBe(200);
  const text = await reply.text();
  const [header, ...lines] = parseCsv(text).records.map(({ cells }) => cells);
  return { text, lines: lines.map((cells) => Object.fromEntries(cells.map((cell, at) => [header?.[at], cell]))) };
};

it("has a line a version, the figures of GET /usage under their names, and where they come from", async () => {
  const { text, lines } = await read("");
  const { items, from, to } = await api.admin.call("GET /usage", { query: {} });
  expect(text.split("\r\n").length).toBe(items.length + 2); // the header, and a line break at the end
  const source = { from, to, source: "measured", simulated: "true" };
  expect(lines).toMatchObject([
    { tenant: "acme", version: "3", requests: "5", promptTokens: "3000000000", failed: "0", ...source },
    { tenant: "other", adapter: "", version: "", requests: "2", failed: "2", ...source },
  ]);
  expect(lines[0]).toMatchObject({
    latencyMs_p95: String(items[0]?.latencyMs.p95),
    interTokenMs_p50: "", // nobody counted any: not zero
  });
});

it("is run as a formula by no spreadsheet", async () => {
  expect((await read("")).lines[0]?.adapter).toBe("'=1+1");
});

it("is grouped as GET /usage is", async () => {
  expect((await read("?groupBy=day")).lines).toMatchObject([{ day: "2026-11-25", requests: "7" }]);
  expect((await read("?groupBy=via")).lines).toMatchObject([{ via: "primary", requests: "7" }]);
  expect((await read(`?groupBy=tenant&tenantId=${ids.other}`)).lines).toMatchObject([{ tenant: "other" }]);
  expect((await read("?groupBy=tenant&from=2026-11-24T00:00:00Z&to=2026-11-24T12:00:00Z")).lines).toEqual([]);
  expect((await download("?groupBy=planet")).status).toBe(422);
});

it("holds a customer's own usage and nobody else's, whatever it asks for", async () => {
  const key = await api.keyWith(["tenant:read"], ids.other);
  expect((await read("", key)).lines.map(({ tenant }) => tenant)).toEqual(["other"]);
  const asked = await download(`?tenantId=${ids.acme}`, key);
  expect(asked.status === 200 ? await asked.text() : "refused").not.toContain("acme");
});
