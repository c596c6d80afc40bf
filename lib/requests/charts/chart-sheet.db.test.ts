import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { parseCsv } from "#lib/registry/imports/parse-csv.ts";
import { makeTrace } from "../testing/make-trace.ts";
import { asShown } from "../testing/make-usage.ts";
import { recordRequests } from "../testing/record-requests.ts";

const NOON = Date.parse("2026-11-24T12:00:00.000Z");
const RANGE = "from=2026-11-24T11:57:00.000Z&to=2026-11-24T12:00:00.000Z";
let api: TestApi;
let [acme, other, poolId] = ["", "", ""];

/** Acme sends one request in the minute from 11:54 (300 ms), 120 in that from 11:57 (100 ms), and one from 11:59 (200 ms). */
beforeAll(async () => {
  api = await createTestApi({ clock: manualClock(new Date(NOON)) });
  const { db } = api.deps;
  poolId = await seed.seedPool(db);
  acme = await seed.seedTenant(db, { slug: "=1+1" });
  other = await seed.seedTenant(db, { slug: "other" });
  const one = (minutesAgo: number, ms: number, tenantId = acme) => {
    const arrivedAt = new Date(NOON - minutesAgo * 60_000 + 1000);
    return makeTrace({
      ...{ id: newId("request"), tenantId, stream: false, arrivedAt, firstByteAt: null },
      endedAt: new Date(arrivedAt.getTime() + ms),
    });
  };
  await recordRequests(db, [
    one(6, 300),
    one(1, 200),
    one(1, 900, other),
    ...Array.from({ length: 120 }, () => one(3, 100)),
  ]);
});
afterAll(() => api.close());

const download = (path: string, key = api.adminKey) =>
  api.fetch(`/api/v1/charts/${path}`, { headers: { authorization: `Bearer ${key}` } });

/** The file as a spreadsheet reads it: what it says of itself, and its lines by the names of the columns. */
async function read(path: string, key = api.adminKey) {
  const reply = await download(path, key);
  expect(reply.status).toBe(200);
  const text = await reply.text();
  const records = parseCsv(text).records.map(({ cells }) => cells);
  const at = records.findIndex(([name]) => name === "time");
  const [header = [], ...lines] = records.slice(at);
  return {
    text,
    about: Object.fromEntries(records.slice(0, at)) as Record<string, string>,
    lines: lines.map((cells) => Object.fromEntries(cells.map((cell, index) => [header[index], cell]))),
  };
}

it("says what it shows, and has a line a step: gaps are empty, few requests are marked", async () => {
  const { about, lines, text } = await read(`latency/series.csv?tenantId=${acme}&${RANGE}`);
  expect(about).toMatchObject({
    metric: "Latency",
    scope: "tenant =1+1",
    from: "2026-11-24T11:57:00.000Z",
    to: "2026-11-24T12:00:00.000Z",
    step: "60 s; time is the start of a step, in UTC",
    source: "measured",
  });
  expect(lines).toEqual([
    expect.objectContaining({
      time: "2026-11-24T11:57:00.000Z",
      "p95 (ms)": String(asShown(100)),
      source: "measured",
      "low sample": "",
    }),
    expect.objectContaining({ time: "2026-11-24T11:58:00.000Z", "p95 (ms)": "", "low sample": "" }),
    expect.objectContaining({ "p50 (ms)": String(asShown(200)), simulated: "false", "low sample": "p50; p95; p99" }),
  ]);
  const again = await download(`latency/series.csv?tenantId=${acme}&${RANGE}`);
  expect(await again.text()).toBe(text);
});

it("has columns for the period before, and for each part of a split", async () => {
  const compared = await read(`latency/series.csv?compare=true&tenantId=${acme}&${RANGE}`);
  expect(compared.about.before).toBe("2026-11-24T11:54:00.000Z to 2026-11-24T11:57:00.000Z, measured");
  expect(compared.lines.map((line) => line["p95 before (ms)"])).toEqual([String(asShown(300)), "", ""]);
  const split = await read(`requests/series.csv?by=tenant&compare=true&${RANGE}`);
  expect(split.about.scope).toBe("the whole fleet");
  expect(split.lines.map((line) => line["other (requests/min)"])).toEqual(["0", "0", "1"]);
});

it("is run as a formula by no spreadsheet, whatever a tenant is called", async () => {
  const { lines, text } = await read(`requests/series.csv?by=tenant&compare=true&${RANGE}`);
  expect(lines[0]).toMatchObject({
    "'=1+1 (requests/min)": "120",
    "'=1+1 before (requests/min)": "1",
    "low sample": "other",
  });
  expect(lines[2]?.["low sample"]).toBe("'=1+1; other");
  for (const cell of parseCsv(text).records.flatMap(({ cells }) => cells)) expect(cell).not.toMatch(/^[=+\-@]/);
});

it("is for whoever may see the chart, and for nobody else", async () => {
  const viewer = await api.keyWith(["platform:read"]);
  expect((await read(`latency/series.csv?${RANGE}`, viewer)).about.scope).toBe("the whole fleet");
  const customer = await api.keyWith(["tenant:read"], other);
  const own = await read(`latency/series.csv?${RANGE}`, customer);
  expect(own.about.scope).toBe("tenant other");
  expect(own.lines.map((line) => line["p95 (ms)"])).toEqual(["", "", String(asShown(900))]);
  expect((await download(`latency/series.csv?tenantId=${acme}`, customer)).status).toBe(404);
  expect((await download("requests/series.csv?by=tenant", customer)).status).toBe(403);
  expect((await download("kv-cache/series.csv", customer)).status).toBe(403);
});

it("refuses what it cannot show", async () => {
  for (const wrong of ["latency/series.csv?shares=true", "latency/series.csv?compare=perhaps", "mood/series.csv"])
    expect((await download(wrong)).status, wrong).toBe(422);
  expect((await download("latency/series.csv?from=2026-11-24T12:00:00Z&to=2026-11-24T11:00:00Z")).status).toBe(422);
  expect((await download(`latency/series.csv?poolId=pool_none`)).status).toBe(404);
  const empty = await read(`swap-source/series.csv?shares=true&poolId=${poolId}&${RANGE}`);
  expect(empty.about).toMatchObject({ scope: "pool Pool", note: "No node serves customers here yet." });
});
