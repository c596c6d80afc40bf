import { afterAll, beforeAll, expect, it } from "vitest";
import type { Deps } from "#lib/identity/ctx.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { REQUESTS_LOOP, requestsTurn } from "./loop.ts";
import { makeTrace } from "./testing/make-trace.ts";
import { makeUsage } from "./testing/make-usage.ts";
import { recordRequests } from "./testing/record-requests.ts";
import { recordUsage } from "./usage/record-usage.ts";

const NOW = new Date("2026-11-25T12:00:00.000Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it("keeps traces 31 days, minutes of usage 31, and 400 by the hour", async () => {
  const { db } = database;
  const outbound = createOutbound();
  const secrets = createSecrets("ab".repeat(32));
  const clock = manualClock(NOW);
  const deps: Deps = { db, clock, log: silentLog, secrets, outbound, adapterStore: "/nowhere", gatewayUrl: "" };
  await recordRequests(
    db,
    [30, 32].map((days) => makeTrace({ id: `req_${days}`, arrivedAt: daysAgo(days) })),
  );
  const usage = (at: Date) => recordUsage(db, [makeUsage({ at })]);
  for (const days of [1, 3, 32, 401]) await usage(daysAgo(days));

  const term = (await createLease(db, { name: REQUESTS_LOOP, holder: "test", ttlMs: 60_000 }).acquire()) ?? 0n;
  await requestsTurn(deps, { name: REQUESTS_LOOP, term });
  await outbound.close();
  const left = await db.read(platformScope, async ({ client }) => ({
    traces: (await client.request.findMany()).map(({ id }) => id),
    minutes: (await client.usageMinute.findMany({ orderBy: { at: "asc" } })).map(({ at }) => at),
    hours: (await client.usageHour.findMany({ orderBy: { at: "asc" } })).map(({ at, requests }) => [at, requests]),
  }));
  expect(left).toEqual({
    traces: ["req_30"],
    minutes: [daysAgo(3), daysAgo(1)],
    hours: [3, 1].map((days) => [daysAgo(days), 1]),
  });
});
