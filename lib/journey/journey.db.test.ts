import { afterAll, beforeAll, expect, it } from "vitest";
import { systemActor } from "#lib/identity/actor.ts";
import { type Deps, readCtx } from "#lib/identity/ctx.ts";
import { seedTenant } from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { type JourneyFilter, listJourneys } from "./read-journey.ts";
import { readPageName } from "./titles/title-store.ts";

/** Every parameter of a path that names an object of the catalog. */
const PARAMS = [
  ...["tenantId", "adapterId", "versionId", "runId", "suiteId", "cutoverId", "approvalId", "nodeId", "poolId"],
  ...["rolloutId", "batchId", "jobId", "importId", "alertId", "incidentId"],
];

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

it("names what a page is about in the reader's scope alone", async () => {
  const mine = await seedTenant(database.db, { slug: "titled" });
  const other = await seedTenant(database.db, { slug: "another" });
  const nameIn = (scope: Scope, id: string) => database.db.read(scope, (tx) => readPageName(tx, "tenantId", id));
  const nameOf = (id: string) =>
    database.db.read(
      platformScope,
      async ({ client }) => (await client.tenant.findUniqueOrThrow({ where: { id } })).name,
    );
  expect(await nameIn(platformScope, other)).toBe(await nameOf(other));
  expect(await nameIn(tenantScope(mine), mine)).toBe(await nameOf(mine));
  expect(await nameIn(tenantScope(mine), other)).toBeNull();
  expect(await database.db.read(tenantScope(mine), (tx) => readPageName(tx, "nodeId", "node_1"))).toBeNull();
  const unknown = (param: string) => database.db.read(platformScope, (tx) => readPageName(tx, param, "gone"));
  for (const param of PARAMS) expect(await unknown(param)).toBeNull();
});
