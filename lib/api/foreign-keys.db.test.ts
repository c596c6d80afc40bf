import { afterAll, beforeAll, expect, it } from "vitest";
import { addNodeRow } from "#lib/evals/testing/settle-fleet.ts";
import { judgeRun } from "#lib/evals/verdict/judge-run.ts";
import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createOlderCatalog, type OlderCatalog } from "#lib/platform/testing/older-catalog.ts";
import { addVersionRow } from "#lib/registry/testing/add-version-row.ts";
import { addAdapter, addPool } from "#lib/registry/testing/register.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

/**
 * A catalog without these foreign keys, in which things were removed that other rows name, and what the API says
 * of it after the update. The steps follow one another.
 */
const KEYS = "0002_foreign_keys";
const at = new Date();

let catalog: OlderCatalog;
let db: Database;
let api: TestApi;
let kept: History;
let gone: History;

beforeAll(async () => {
  // with all that the product of today needs, but for the keys
  catalog = await createOlderCatalog((migration) => migration !== KEYS);
  db = catalog.db;
  api = await createTestApi({ db });
  kept = await addHistory("kept");
  gone = await addHistory("gone");
});
afterAll(async () => {
  await api.close();
  await catalog.close();
});

const inCatalog = <T>(work: (client: Tx["client"]) => Promise<T>) =>
  db.write(platformScope, ({ client }) => work(client));
const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id);

type History = Awaited<ReturnType<typeof addHistory>>;

/** An adapter in a pool of its own, with one of everything that names it or its version. */
async function addHistory(slug: string) {
  const pool = await addPool(api.admin, slug, `/data/${slug}`);
  const { tenant, adapter } = await addAdapter(api.admin, slug, pool.id);
  const versionId = await addVersionRow(api.deps, adapter.id, { number: 1, state: "ready" });
  const of = { tenantId: tenant.id, adapterId: adapter.id };
  const ids = {
    ...{ suiteId: newId("suite"), runId: newId("run"), verdictId: newId("verdict"), cutoverId: newId("cutover") },
    ...{ approvalId: newId("approval"), batchId: newId("batch") },
  };
  const label = `${slug}/${adapter.slug} v1`;
  await inCatalog(async (client) => {
    const suite = { id: ids.suiteId, tenantId: tenant.id, name: "Gate", hash: "h", caseCount: 0 };
    await client.evalSuite.create({ data: suite });
    await client.evalRun.create({
      data: {
        ...{ id: ids.runId, ...of, suiteId: suite.id, candidateVersionId: versionId, requestedBy: "test" },
        ...{ state: "completed", finishedAt: at },
      },
    });
    const verdict = { id: ids.verdictId, tenantId: tenant.id, runId: ids.runId, versionId };
    await client.verdict.create({
      data: { ...verdict, ...judgeRun({ greedy: [], sampled: [], prompts: 0 }, () => 0) },
    });
    const cutover = {
      toVersionId: versionId,
      verdictId: ids.verdictId,
      requestedBy: "test",
      phase: "completed",
    } as const;
    await client.cutover.create({ data: { id: ids.cutoverId, ...of, ...cutover } });
    await client.approval.create({
      data: {
        ...{ id: ids.approvalId, tenantId: tenant.id, cutoverId: ids.cutoverId, runId: ids.runId, step: "live" },
        ...{ decider: "platform", approverRole: "operator", onSilence: "nothing", cutoverGeneration: 1 },
        ...{ createdAt: at, expiresAt: at, state: "expired", settledAt: at },
      },
    });
    const did = { action: "run_gate", message: "", updatedAt: at } as const;
    await client.versionRelease.create({ data: { versionId, tenantId: tenant.id, ...did } });
    await client.adapterDemand.create({ data: { ...of, requestsPerMinute: 1, peakConcurrent: 1, observedAt: at } });
    const row = {
      ...of,
      position: 0,
      toVersionId: versionId,
      label,
      state: "completed",
      cutoverId: ids.cutoverId,
    } as const;
    await client.cutoverBatch.create({
      data: {
        ...{ id: ids.batchId, state: "completed", atOnce: 1, stopAfterFailures: 1, requestedBy: "test" },
        ...{ startedBy: { type: "system", label: "test" }, rows: { create: [row] } },
      },
    });
  });
  return { ...ids, ...of, poolId: pool.id, versionId, label };
}

/** Its version is deleted, then its pool, as an operator does both. */
async function deletePool({ versionId, poolId }: History): Promise<void> {
  await inCatalog((client) => client.adapterVersion.update({ where: { id: versionId }, data: { state: "deleted" } }));
  await api.admin.call("DELETE /pools/{poolId}", { params: { poolId } });
}

/** A load of the kept version on a node. */
const loadOn = (nodeId: string, message: string) =>
  inCatalog((client) =>
    client.loadEvent.create({
      data: {
        ...{ id: newId("loadEvent"), nodeId, tenantId: kept.tenantId, versionId: kept.versionId, at },
        ...{ kind: "load", outcome: "ok", message, loraName: "kept--support-bot--v1-111111111111" },
      },
    }),
  );

/** What people read of the catalog's history. */
const readHistory = async () => ({
  cutovers: idsOf(await api.admin.call("GET /cutovers", { query: {} })),
  runs: idsOf(await api.admin.call("GET /runs", { query: {} })),
  approvals: idsOf(await api.admin.call("GET /approvals", { query: {} })),
});

const rowsOf = async ({ batchId }: History) => {
  const { rows } = await api.admin.call("GET /cutover-batches/{batchId}", { params: { batchId } });
  return rows.map(({ label, state, cutoverId }) => ({ label, state, cutoverId }));
};

it("keeps what is there, and of what was removed all that could be read", async () => {
  const removed = await addNodeRow(db, { poolId: kept.poolId, name: "node-old" });
  const node = await addNodeRow(db, { poolId: kept.poolId, name: "node-new" });
  await loadOn(removed.id, "loaded long ago");
  await loadOn(node.id, "loaded now");
  await inCatalog(
    (client) =>
      client.$executeRaw`INSERT INTO "DerivedCheckpoint" ("nodeId", "at", "state", "followedTo") VALUES (${removed.id}, ${at}, '{}', ${at})`,
  );
  await inCatalog((client) => client.node.delete({ where: { id: removed.id } }));
  const endpointId = newId("endpoint");
  const importId = newId("import");
  const incident = await api.admin.call("POST /incidents", { body: { title: "Slow answers" } });
  const alertId = newId("alert");
  await inCatalog(async (client) => {
    await client.evalRun.update({ where: { id: kept.runId }, data: { baselineEndpointId: endpointId } });
    await client.import.create({
      data: { id: importId, name: "All", poolId: kept.poolId, kind: "csv", jobId: newId("job"), createdBy: "test" },
    });
    const subject = { subjectType: "tenant", subjectId: kept.tenantId, subjectName: "kept" };
    await client.alert.create({
      data: {
        ...{ id: alertId, rule: "tenant_failing", severity: "warning", state: "resolved", dedupeKey: "k", ...subject },
        ...{ what: "w", sentence: "s", evidence: {}, startedAt: at, causeId: newId("alert") },
      },
    });
    const link = { alertId: newId("alert"), incidentId: incident.id, title: "Node down: node-old", linkedAt: at };
    await client.incidentAlert.create({ data: link });
  });
  await deletePool(gone);

  expect(await catalog.update()).toEqual([KEYS]);
  expect(await catalog.update()).toEqual([]);

  expect(await readHistory()).toEqual({ cutovers: [kept.cutoverId], runs: [kept.runId], approvals: [kept.approvalId] });
  const cutover = await api.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId: kept.cutoverId } });
  expect(cutover).toMatchObject({ runId: kept.runId, verdictId: kept.verdictId, toVersionId: kept.versionId });
  expect(await rowsOf(kept)).toEqual([{ label: kept.label, state: "completed", cutoverId: kept.cutoverId }]);
  expect(await rowsOf(gone)).toEqual([{ label: gone.label, state: "completed", cutoverId: null }]);
  const params = { versionId: kept.versionId };
  const { items: events } = await api.admin.call("GET /versions/{versionId}/events", { params, query: {} });
  expect(events.map(({ message, nodeId, nodeName }) => ({ message, nodeId, nodeName }))).toEqual([
    { message: "loaded now", nodeId: node.id, nodeName: "node-new" },
    { message: "loaded long ago", nodeId: null, nodeName: null },
  ]);
  const { items: marks } = await api.admin.call("GET /annotations", { query: {} });
  expect(marks.flatMap(({ kind, title }) => (kind === "load" ? title : [])).sort()).toEqual([
    "support-bot v1 of kept loaded on a node that is gone",
    "support-bot v1 of kept loaded on node-new",
  ]);
  const shown = await api.admin.call("GET /incidents/{incidentId}", { params: { incidentId: incident.id } });
  expect(shown.alerts).toEqual([]);
  expect(JSON.stringify(shown.timeline)).toContain("Node down: node-old");
  expect(await api.admin.call("GET /imports/{importId}", { params: { importId } })).toMatchObject({ jobId: null });
  const { causeId } = await inCatalog((client) => client.alert.findUniqueOrThrow({ where: { id: alertId } }));
  expect(causeId).toBeNull();
  const left = await inCatalog(async (client) => ({
    checkpoints: await client.derivedCheckpoint.count(),
    releases: (await client.versionRelease.findMany()).map(({ versionId }) => versionId),
    demand: (await client.adapterDemand.findMany()).map(({ adapterId }) => adapterId),
  }));
  expect(left).toEqual({ checkpoints: 0, releases: [kept.versionId], demand: [kept.adapterId] });
});

it("takes a pool's adapters with their history from now on, and the lists go on", async () => {
  const other = await addHistory("other");
  expect((await readHistory()).cutovers).toEqual([other.cutoverId, kept.cutoverId]);
  await deletePool(other);
  expect(await readHistory()).toEqual({ cutovers: [kept.cutoverId], runs: [kept.runId], approvals: [kept.approvalId] });
  expect(await rowsOf(other)).toEqual([{ label: other.label, state: "completed", cutoverId: null }]);
});

it("keeps a version that history or a route names, and an endpoint that somebody is served by", async () => {
  const remove = (work: (client: Tx["client"]) => Promise<unknown>) => expect(inCatalog(work)).rejects.toThrow(/key/);
  await remove((client) => client.adapterVersion.delete({ where: { id: kept.versionId } }));
  const id = newId("endpoint");
  await inCatalog(async (client) => {
    await client.endpoint.create({ data: { id, name: "provider", baseUrl: "https://provider.test/v1" } });
    await client.pool.update({ where: { id: kept.poolId }, data: { hostedEndpointId: id } });
  });
  await remove((client) => client.endpoint.delete({ where: { id } }));
});
