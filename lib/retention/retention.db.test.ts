import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEvalWorld, type EvalWorld, problemOf } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { PLATFORM_ROLE } from "#lib/platform/roles.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { RETENTION_LOOP } from "./loop.ts";
import { RETENTION } from "./rules.ts";
import { BATCH_ROWS, sweepTables } from "./sweep.ts";

const DAY_MS = 86_400_000;
let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

const inCatalog = <T>(work: (client: Tx["client"]) => Promise<T>) =>
  world.db.write(platformScope, ({ client }) => work(client));
const daysAgo = (days: number) => new Date(world.api.deps.clock.now().getTime() - days * DAY_MS);
const asOwner = async (statement: string) => {
  const client = new pg.Client({ connectionString: world.api.databaseUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
};
/** One run of the loop by a worker that has just taken it over. */
async function sweep(signal = new AbortController().signal, fenceOf = (term: bigint) => term) {
  const lease = createLease(world.db, { name: RETENTION_LOOP, holder: newId("request"), ttlMs: 60_000 });
  const term = (await lease.acquire()) ?? 0n;
  try {
    const fence = { name: RETENTION_LOOP, term: fenceOf(term) };
    return await sweepTables({ deps: world.api.deps, fence, signal });
  } finally {
    await lease.release(term);
  }
}

describe("the list", () => {
  it("has one line for every table, and none for a table that is gone", async () => {
    const tables = await inCatalog(
      (client) => client.$queryRaw<{ schema: string; name: string }[]>`
        SELECT n.nspname AS "schema", c.relname AS "name" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'metrics') AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
    );
    const names = tables.map(({ schema, name }) => (schema === "public" ? name : `${schema}.${name}`));
    expect(Object.keys(RETENTION).sort()).toEqual(names.sort());
  });

  it("says `with` only of tables whose rows Postgres deletes with that parent", async () => {
    const keys = await inCatalog(
      (client) => client.$queryRaw<{ child: string; parent: string }[]>`
        SELECT child.relname AS "child", parent.relname AS "parent" FROM pg_constraint k
        JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
        WHERE k.contype = 'f' AND k.confdeltype = 'c'`,
    );
    const cascades = new Set(keys.map(({ child, parent }) => `${child} with ${parent}`));
    const lines = Object.entries(RETENTION).flatMap(([name, rule]) =>
      rule.keep === "with" ? [`${name} with ${rule.parent}`] : [],
    );
    expect(lines.filter((line) => !cascades.has(line))).toEqual([]);
  });
});

describe("a sweep", () => {
  it("deletes rows one day after their time, keeps those one day before, and does nothing the second time", async () => {
    const user = await inCatalog((client) =>
      client.user.create({ data: { id: newId("user"), email: "old@example.com", name: "Old", passwordHash: "x" } }),
    );
    await inCatalog(async (client) => {
      const session = (name: string, expires: number, revoked: number | null) =>
        client.session.create({
          data: {
            ...{ id: `ses_${name}`, userId: user.id, expiresAt: daysAgo(expires) },
            revokedAt: revoked === null ? null : daysAgo(revoked),
          },
        });
      await session("expired", 31, null);
      await session("revoked", 0, 31);
      await session("recent", 29, null);
      await session("valid", -10, null);
      const attempt = (subject: string, days: number) => ({ subject, succeeded: true, at: daysAgo(days) });
      await client.signInAttempt.createMany({
        data: [attempt("address:a", 31), attempt("address:b", 29), attempt("browser:c", 89), attempt("browser:d", 91)],
      });
      const key = (name: string, days: number) => ({
        ...{ actorKey: "test", key: name, operation: "POST /x", requestHash: "h", status: 201 },
        createdAt: daysAgo(days),
      });
      await client.idempotencyKey.createMany({ data: [key("old", 1.1), key("new", 0.9)] });
      const job = (name: string, finished: number | null) => ({
        ...{ id: `job_${name}`, kind: "test", title: name, startedBy: {}, total: 1, createdAt: daysAgo(200) },
        finishedAt: finished === null ? null : daysAgo(finished),
      });
      await client.job.createMany({ data: [job("old", 91), job("new", 89), job("running", null)] });
      await client.jobItem.create({ data: { jobId: "job_old", position: 0, key: "k", label: "l" } });
    });

    expect(await sweep()).toEqual({ Session: 2, SignInAttempt: 2, IdempotencyKey: 1, Job: 1 });
    const left = await inCatalog(async (client) => ({
      sessions: (await client.session.findMany({ where: { userId: user.id } })).map(({ id }) => id).sort(),
      attempts: (await client.signInAttempt.findMany()).map(({ subject }) => subject).sort(),
      jobs: (await client.job.findMany()).map(({ id }) => id).sort(),
      items: await client.jobItem.count(),
    }));
    expect(left).toEqual({
      sessions: ["ses_recent", "ses_valid"],
      attempts: ["address:b", "browser:c"],
      jobs: ["job_new", "job_running"],
      items: 0,
    });
    expect(await sweep()).toEqual({});
  });

  it("forgets a gateway that was not heard for a day, and a watched condition that nobody renewed", async () => {
    await inCatalog(async (client) => {
      const gateway = (days: number) => ({
        id: `gwy_${days}`,
        startedAt: daysAgo(9),
        seenAt: daysAgo(days),
        report: {},
      });
      await client.gatewayInstance.createMany({ data: [gateway(0.5), gateway(2)] });
      const about = { tenantId: null, status: "true", reason: "r", message: "m", lastTransitionTime: daysAgo(9) };
      const seen = (type: string, days: number) => ({
        ...about,
        subject: `pool:${days}`,
        type,
        observedAt: daysAgo(days),
      });
      await client.serviceCondition.createMany({
        data: [seen("Saturated", 0.5), seen("Saturated", 2), seen("OfAnotherRoom", 2)],
      });
    });

    expect(await sweep()).toEqual({ GatewayInstance: 1, ServiceCondition: 1 });
    const left = await inCatalog(async (client) => ({
      gateways: (await client.gatewayInstance.findMany()).map(({ id }) => id),
      conditions: (await client.serviceCondition.findMany()).map(({ subject, type }) => `${subject} ${type}`).sort(),
    }));
    expect(left).toEqual({ gateways: ["gwy_0.5"], conditions: ["pool:0.5 Saturated", "pool:2 OfAnotherRoom"] });
  });

  it("works in batches, and leaves a table that fails for the next time without stopping at it", async () => {
    const events = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...{ id: `lev_${index}`, nodeId: world.node.id, kind: "load", outcome: "ok", message: "" },
        at: daysAgo(91),
      }));
    await inCatalog(async (client) => {
      await client.loadEvent.createMany({ data: events(BATCH_ROWS + 5) });
      const annotation = (id: string, days: number) => ({ id, at: daysAgo(days), kind: "test", title: "t" });
      await client.annotation.createMany({ data: [annotation("ann_old", 401), annotation("ann_new", 399)] });
    });
    // what a lost right or a broken index would do
    await asOwner(`REVOKE DELETE ON "LoadEvent" FROM ${PLATFORM_ROLE}`);
    await expect(sweep()).rejects.toThrow(/were not deleted\. LoadEvent: /);
    const annotations = () => inCatalog((client) => client.annotation.findMany({ where: { kind: "test" } }));
    expect((await annotations()).map(({ id }) => id)).toEqual(["ann_new"]);
    await asOwner(`GRANT DELETE ON "LoadEvent" TO ${PLATFORM_ROLE}`);
    expect(await sweep()).toEqual({ LoadEvent: BATCH_ROWS + 5 });
  });

  it("deletes nothing once another worker has taken over, or when it is stopped", async () => {
    await inCatalog((client) =>
      client.signInAttempt.create({ data: { subject: "address:z", succeeded: false, at: daysAgo(31) } }),
    );
    await expect(sweep(undefined, (term) => term - 1n)).rejects.toThrow(/another worker/i);
    expect(await sweep(AbortSignal.abort())).toEqual({});
    expect(await sweep()).toEqual({ SignInAttempt: 1 });
  });
});

describe("evaluation replies", () => {
  it("lose their texts after the days that the setting says; scores, verdict and the run stay, and the run says so", async () => {
    const { versionId } = await world.addTenant("old-run", 10);
    const { id: runId } = await world.admin.call("POST /versions/{versionId}/runs", {
      params: { versionId },
      body: {},
    });
    await settleFleet(world.db);
    await world.turn();
    const params = { runId };
    const before = await world.admin.call("GET /runs/{runId}", { params });
    expect(before).toMatchObject({ state: "completed", repliesDeletedAt: null });
    const { generation } = await world.admin.call("GET /settings", {});
    await world.admin.call("PATCH /settings", { generation, body: { evalReplyDays: 7 } });
    await inCatalog((client) => client.evalRun.update({ where: { id: runId }, data: { finishedAt: daysAgo(6.9) } }));
    expect(await sweep()).toEqual({});
    await inCatalog((client) => client.evalRun.update({ where: { id: runId }, data: { finishedAt: daysAgo(7.1) } }));
    const grid = () =>
      world.admin.call("GET /runs/{runId}/samples", { params, query: { filter: "all", sort: "suite" } });
    const { counts, items } = await grid();

    expect(await sweep()).toEqual({ EvalSample: 1 });
    const after = await world.admin.call("GET /runs/{runId}", { params });
    expect(after.repliesDeletedAt).not.toBeNull();
    expect(after.verdict).toEqual(before.verdict);
    const now = await grid();
    expect(now.counts).toEqual(counts);
    expect(now.items.map(({ modes }) => modes.greedy.candidate.statuses)).toEqual(
      items.map(({ modes }) => modes.greedy.candidate.statuses),
    );
    const kept = await inCatalog(
      (client) => client.$queryRaw<{ kept: bigint }[]>`
        SELECT count(*) AS "kept" FROM "EvalSample" WHERE "runId" = ${runId} AND ("rawReply" IS NOT NULL OR "detail"->>'message' NOT LIKE '%was deleted%')`,
    );
    expect(kept).toEqual([{ kept: 0n }]);
    const caseId = items[0]?.caseId ?? "";
    await world.admin.call("GET /runs/{runId}/samples/{caseId}", { params: { runId, caseId } });
    expect(await problemOf(world.admin.call("POST /runs/{runId}/rejudge", { params }))).toMatchObject({
      status: 409,
      code: "replies_deleted",
    });
    expect(await sweep()).toEqual({});
  });
});
