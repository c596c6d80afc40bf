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
import { recordTraces } from "./trace/record-traces.ts";
import { recordUsage } from "./usage/record-usage.ts";

const NOW = new Date("2026-11-25T12:00:00.000Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const usage = (minute: Date) => ({
  ...{ instanceId: "gwy_a", minute, tenantId: "ten_a", adapterId: "", versionId: "" },
  ...{ kind: "user" as const, via: "primary" as const, requests: 1, failed: 0, refused: 0, shed: 0, fallbacks: 0 },
  ...{ simulated: false, promptTokens: 0, completionTokens: 0, uncounted: 0 },
  ...{ ttft: [1], interToken: [1], latency: [1], queued: [1] },
});

it("keeps traces 31 days, usage 400 and by the hour after two", async () => {
  const { db } = database;
  const outbound = createOutbound();
  const secrets = createSecrets("ab".repeat(32));
  const clock = manualClock(NOW);
  const deps: Deps = { db, clock, log: silentLog, secrets, outbound, adapterStore: "/nowhere", gatewayUrl: "" };
  await recordTraces(
    db,
    [30, 32].map((days) => makeTrace({ id: `req_${days}`, arrivedAt: daysAgo(days) })),
  );
  const minute = (at: Date, minutes: number) => usage(new Date(at.getTime() + minutes * 60_000));
  await recordUsage(db, [minute(daysAgo(1), 1), minute(daysAgo(1), 2), minute(daysAgo(3), 1), minute(daysAgo(3), 2)]);
  await recordUsage(db, [usage(daysAgo(401))]);

  const term = (await createLease(db, { name: REQUESTS_LOOP, holder: "test", ttlMs: 60_000 }).acquire()) ?? 0n;
  await requestsTurn(deps, { name: REQUESTS_LOOP, term });
  await outbound.close();
  const left = await db.read(platformScope, async ({ client }) => ({
    traces: (await client.requestTrace.findMany()).map(({ id }) => id),
    usage: (await client.usage.findMany({ orderBy: { minute: "asc" } })).map((row) => [
      row.minute.toISOString(),
      row.requests,
      row.latency[0],
    ]),
  }));
  expect(left).toEqual({
    traces: ["req_30"],
    usage: [
      ["2026-11-22T12:00:00.000Z", 2, 2],
      ["2026-11-24T12:01:00.000Z", 1, 1],
      ["2026-11-24T12:02:00.000Z", 1, 1],
    ],
  });
});
