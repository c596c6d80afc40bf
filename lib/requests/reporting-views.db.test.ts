import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { newId } from "#lib/platform/ids.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { makeTrace } from "./testing/make-trace.ts";
import { recordRequests } from "./testing/record-requests.ts";
import { bucketMs, bucketOf } from "./usage/durations.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
let database: TestDatabase;
let reader: pg.Client;

/** Four answers and a failure of one tenant, as the owner of the tables reads them. */
beforeAll(async () => {
  database = await createTestDatabase();
  const tenantId = await seed.seedTenant(database.db, { slug: "acme" });
  const ended = (ms: number, change = {}) =>
    makeTrace({
      ...{ id: newId("request"), tenantId, arrivedAt: NOON, endedAt: new Date(NOON.getTime() + ms), stream: true },
      ...{ firstByteAt: new Date(NOON.getTime() + ms / 2), queuedMs: 3, ...change },
    });
  await recordRequests(database.db, [
    ...[100, 200, 300].map((ms) => ended(ms)),
    ended(4_000, { via: "base_model", fallbackReason: "no_node" }),
    ended(50, { status: 503, reason: "upstream" }),
  ]);
  reader = new pg.Client({ connectionString: database.url });
  await reader.connect();
});
afterAll(async () => {
  await reader.end();
  await database.close();
});

it("say per request what happened, in units that are in the names", async () => {
  const { rows } = await reader.query(
    "SELECT tenant, status, latency_ms, ttft_ms, queued_ms, fallback_reason FROM reporting.request ORDER BY latency_ms DESC LIMIT 1",
  );
  expect(rows).toEqual([
    { tenant: "acme", status: 200, latency_ms: 4000, ttft_ms: 2000, queued_ms: 3, fallback_reason: "no_node" },
  ]);
});

it("sum what gateways counted: quantiles and limits as charts have them, and reasons", async () => {
  const { rows } = await reader.query(
    `SELECT tenant, sum(answered)::int AS answered, sum_counts(fallback_reasons) AS fallbacks,
       sum_counts(failure_reasons) AS failures, reporting.quantile_ms(sum_counts(latency_histogram), 0.5) AS p50_ms,
       reporting.count_within(sum_counts(latency_histogram), 350)::int AS fast
     FROM reporting.usage_minute WHERE kind = 'user' GROUP BY tenant`,
  );
  expect(rows).toEqual([
    {
      ...{ tenant: "acme", answered: 4, fallbacks: { no_node: 1 }, failures: { upstream: 1 }, fast: 3 },
      p50_ms: expect.closeTo(bucketMs(bucketOf(200)), 0),
    },
  ]);
});

it("have a comment on each view, and a bucket stands for what it does elsewhere", async () => {
  const { rows } = await reader.query<{ view: string; comment: string | null }>(
    "SELECT relname AS view, obj_description(oid) AS comment FROM pg_class WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v'",
  );
  expect(rows.map(({ view }) => view)).toEqual(expect.arrayContaining(["request", "usage_minute", "usage_hour"]));
  expect(rows.filter(({ comment }) => comment === null)).toEqual([]);
  const { rows: buckets } = await reader.query<{ bucket: number; ms: number }>(
    "SELECT bucket, reporting.bucket_ms(bucket) AS ms FROM generate_series(0, 201) AS bucket",
  );
  for (const { bucket, ms } of buckets) expect(Math.abs(ms - bucketMs(bucket))).toBeLessThanOrEqual(ms * 0.0006);
});
