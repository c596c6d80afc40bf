import { afterAll, beforeAll, expect, it } from "vitest";
import { systemActor } from "#lib/identity/actor.ts";
import { type Deps, readCtx } from "#lib/identity/ctx.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { seedTenant } from "#lib/telemetry/testing/seed-catalog.ts";
import { type JourneyFilter, listJourneys } from "./read-journey.ts";

let database: TestDatabase;
let deps: Deps;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = {
    db: database.db,
    clock: manualClock(new Date("2026-11-24T12:00:00.000Z")),
    log: silentLog,
    secrets: createSecrets("ab".repeat(32)),
    outbound: createOutbound(),
    adapterStore: "/nowhere",
    gatewayUrl: "http://127.0.0.1:1",
  };
});
afterAll(() => database.close());

const list = (filter: JourneyFilter) =>
  readCtx(deps, { actor: systemActor("test"), scope: platformScope, requestId: newId("request") }, (ctx) =>
    listJourneys(ctx, filter),
  );

it("lists the tenants of one health, page by page, with none twice and none left out", async () => {
  const suspended: string[] = [];
  for (const index of [0, 1, 2, 3, 4]) {
    const isSuspended = index % 2 === 0;
    const id = await seedTenant(database.db, { slug: `t${index}`, status: isSuspended ? "suspended" : "active" });
    if (isSuspended) suspended.unshift(id);
  }
  const first = await list({ limit: 2, health: "suspended" });
  expect(first.items.map((tenant) => tenant.id)).toEqual(suspended.slice(0, 2));
  expect(first.nextCursor).not.toBeNull();
  const second = await list({ limit: 2, health: "suspended", cursor: first.nextCursor ?? undefined });
  expect(second).toMatchObject({ items: [{ id: suspended[2] }], nextCursor: null });
  expect((await list({ limit: 10, health: "degraded" })).items).toEqual([]);
  expect((await list({ limit: 10 })).items).toHaveLength(5);
});
