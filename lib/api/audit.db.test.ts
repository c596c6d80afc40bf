import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gateHandler } from "#lib/evals/bulk/gate-handler.ts";
import { createEvalWorld, type EvalWorld } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { stageHandler } from "#lib/fleet/bulk/stage-handler.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import type { JobHandler } from "#lib/jobs/job-handler.ts";
import { runJobsOnce } from "#lib/jobs/run-jobs.ts";
import { startJob } from "#lib/jobs/start-job.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { runSql } from "#lib/platform/testing/template.ts";
import { BASE, goodFolder } from "#lib/registry/testing/adapter-folder.ts";
import { KEY, startFakeS3 } from "#lib/registry/testing/fake-s3.ts";
import { addPool, openDraft, sendFiles } from "#lib/registry/testing/register.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import type { CallInput, CallOutput, Client, Signature } from "./client.ts";
import { jobHandlers } from "./job-handlers.ts";
import { driveAlerts, driveIncidents, driveObjectives } from "./testing/drive-alerts.ts";
import { driveCutovers } from "./testing/drive-cutovers.ts";
import { driveControls, driveEndpoints } from "./testing/drive-gateway.ts";
import { driveRecording } from "./testing/drive-recording.ts";
import { driveSuites } from "./testing/drive-suites.ts";
import { startNode } from "./testing/fleet.ts";
import { allRoutes } from "./testing/send-route.ts";

/** Every mutation of the API, done once; each must leave exactly one row of the trail, and say it in its own words. */
let world: EvalWorld;
let node: SimNode;
const driven = new Set<string>();

const ADAPTERS = fileURLToPath(new URL("../../e2e/fixtures/adapters", import.meta.url));
const folder = goodFolder("billing-helper");

beforeAll(async () => {
  world = await createEvalWorld();
  node = await startNode("node-x");
});
afterAll(async () => {
  await node.stop();
  await world.close();
});

const trail = () =>
  world.db.read(platformScope, ({ client }) =>
    client.auditEntry.findMany({ orderBy: { id: "asc" }, omit: { before: true, after: true } }),
  );

/** Calls a mutation and holds it to one new row that names its object. */
const drive = <S extends Signature>(signature: S, input: CallInput<S>, as?: Client): Promise<CallOutput<S>> =>
  leavesOneRow(
    signature,
    () => (as ?? world.admin).call(signature, input),
    as ? "key tenant:admin" : "key ADMIN_API_KEY",
  );

async function leavesOneRow<T>(
  signature: Signature,
  mutate: () => Promise<T>,
  label = "key ADMIN_API_KEY",
): Promise<T> {
  const before = await trail();
  const reply = await mutate();
  const known = new Set(before.map(({ id }) => id));
  const added = (await trail()).filter(({ id }) => !known.has(id));
  expect(added, signature).toHaveLength(1);
  const [row] = added;
  if (!row) throw new Error("no row");
  expect(row.action).toMatch(/^[a-z]+(\.[a-z_]+)+$/);
  expect(row.actor).toMatchObject({ kind: "key", label });
  expect(row.requestId).toMatch(/^req_/);
  expect(row.chain).toBe(row.tenantId ?? "platform");
  driven.add(signature);
  return reply;
}

describe("each mutation leaves one row", () => {
  it("access", async () => {
    await drive("POST /users", {
      body: { email: "ops@example.com", name: "Ops", password: "a password of length", staffRole: "operator" },
    });
    const key = await drive("POST /keys", { body: { name: "ci", scopes: ["platform:read"] } });
    await drive("POST /keys/{keyId}/revoke", { params: { keyId: key.id } });
  });

  it("tenants and their adapters", async () => {
    const { id: tenantId, generation } = await drive("POST /tenants", { body: { slug: "acme", name: "Acme" } });
    const params = { tenantId };
    await drive("PATCH /tenants/{tenantId}", { params, generation, body: { name: "Acme Inc." } });
    await drive("POST /tenants/{tenantId}/keys", { params, body: { name: "app", scopes: ["inference"] } });
    await driveObjectives(tenantId, drive);
    await driveIncidents(tenantId, drive);
    const adapter = await drive("POST /tenants/{tenantId}/adapters", {
      params,
      body: { slug: "bot", name: "Bot", poolId: world.poolId },
    });
    await drive("PUT /adapters/{adapterId}/placement", {
      params: { adapterId: adapter.id },
      generation: adapter.generation,
      body: { replicas: 1, pinnedNodeIds: [world.node.id] },
    });
    const leaves = await world.admin.call("POST /tenants", { body: { slug: "leaves", name: "Leaves" } });
    await drive("POST /tenants/{tenantId}/offboard", { params: { tenantId: leaves.id }, body: { confirm: "leaves" } });
  });

  it("pools and nodes", async () => {
    const { configJson, tokenizerJson } = BASE;
    const pool = await drive("POST /pools", {
      body: {
        slug: "second",
        name: "Second",
        baseModel: BASE.baseModel,
        files: { configJson, tokenizerJson },
        maxModelLen: 4096,
        maxLoras: 2,
        maxLoraRank: 16,
        maxCpuLoras: 4,
        adapterDirectory: "/data/adapters",
      },
    });
    const { generation } = pool;
    await drive("PATCH /pools/{poolId}", { params: { poolId: pool.id }, generation, body: { name: "Spare" } });
    const added = await drive("POST /nodes", { body: { poolId: pool.id, name: "node-x", baseUrl: node.url } });
    const params = { nodeId: added.id };
    await drive("POST /nodes/inspect", { body: { baseUrl: node.url } });
    await drive("POST /nodes/{nodeId}/inspect", { params });
    await drive("POST /nodes/{nodeId}/cordon", { params });
    await drive("POST /nodes/{nodeId}/uncordon", { params });
    await drive("POST /nodes/{nodeId}/drain", { params, body: { deadlineSeconds: 60 } });
    const rollout = await drive("POST /pools/{poolId}/rollouts", {
      params: { poolId: pool.id },
      body: { target: { maxLoras: 3 } },
    });
    await drive("POST /rollouts/{rolloutId}/cancel", { params: { rolloutId: rollout.id } });
    await drive("POST /nodes/{nodeId}/key", { params });
    await drive("DELETE /nodes/{nodeId}", { params });
    await drive("POST /pools/{poolId}/placement-plan/apply", { params: { poolId: pool.id } });
    const body = { alias: "unsloth/tiny-llama-bnb-4bit" };
    await drive("POST /pools/{poolId}/base-aliases", { params: { poolId: pool.id }, body });
    await drive("DELETE /pools/{poolId}", { params: { poolId: pool.id } });
  });

  it("versions, on both ways in and out", async () => {
    const { adapterId, versionId } = await world.addTenant("globex", 10);
    const files = [...folder].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength }));
    const draft = await drive("POST /adapters/{adapterId}/versions", { params: { adapterId }, body: { files } });
    const params = { versionId: draft.id };
    for (const [fileName, bytes] of folder)
      await drive("PUT /versions/{versionId}/files/{fileName}", { params: { ...params, fileName }, stream: bytes });
    const ready = await drive("POST /versions/{versionId}/complete", { params });
    expect(ready.state).toBe("ready");
    const resumed = await openDraft(world.admin, adapterId, folder);
    const [fileName, bytes] = [...folder][0] ?? ["", new Uint8Array()];
    const patched = await leavesOneRow("PATCH /uploads/{versionId}/{fileName}", () =>
      world.api.fetch(`/api/v1/uploads/${resumed.id}/${fileName}`, {
        method: "PATCH",
        headers: {
          authorization: `Bearer ${world.api.adminKey}`,
          "tus-resumable": "1.0.0",
          "upload-offset": "0",
          "content-type": "application/offset+octet-stream",
        },
        body: bytes,
      }),
    );
    expect(patched.status).toBe(204);
    const staged = await drive("POST /versions/{versionId}/stage", { params, body: {} });
    const placementId = staged.items[0]?.id ?? "";
    await drive("POST /placements/{placementId}/retry", { params: { placementId } });
    await drive("POST /versions/{versionId}/unstage", { params });
    await drive("POST /versions/{versionId}/verify", { params: { versionId } });
    await drive("POST /versions/{versionId}/retire", { params: { versionId } });
    await drive("POST /versions/{versionId}/delete", {
      params: { versionId },
      body: { confirm: "globex/support-bot v1" },
    });
  });

  it("a bucket, and a version from it", async () => {
    const s3 = await startFakeS3();
    const { adapterId } = await world.addTenant("pied-piper", 10);
    for (const [name, bytes] of folder) s3.objects.set(`pied-piper/bot/${name}`, bytes);
    const { endpoint, region, bucket } = s3;
    const created = await drive("POST /import-sources", {
      body: { name: "Exports", endpoint, region, bucket, ...KEY },
    });
    const params = { sourceId: created.id };
    const body = { sourceId: created.id, path: "pied-piper/bot" };
    const version = await drive("POST /adapters/{adapterId}/versions/from-bucket", { params: { adapterId }, body });
    expect(version.state).toBe("ready");
    const { generation } = created;
    await drive("PATCH /import-sources/{sourceId}", { params, generation, body: { name: "Exports, all" } });
    await drive("DELETE /import-sources/{sourceId}", { params });
    await s3.close();
  });

  it("a version from a folder", async () => {
    const imports = world.api.deps.adapterStore;
    const pool = await addPool(world.admin, "imports", imports);
    const tenant = await world.admin.call("POST /tenants", { body: { slug: "initech", name: "Initech" } });
    const { id: adapterId } = await world.admin.call("POST /tenants/{tenantId}/adapters", {
      params: { tenantId: tenant.id },
      body: { slug: "bot", name: "Bot", poolId: pool.id },
    });
    const path = join(imports, "exported");
    await cp(join(ADAPTERS, "billing-helper"), path, { recursive: true });
    const body = { path };
    const version = await drive("POST /adapters/{adapterId}/versions/from-path", { params: { adapterId }, body });
    expect(version.state).toBe("ready");
    const byHand = join(imports, "by-hand");
    await cp(join(ADAPTERS, "support-bot"), byHand, { recursive: true });
    await fetch(`${node.url}/v1/load_lora_adapter`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ lora_name: "by-hand", lora_path: byHand }),
    });
    const { id: nodeId } = await world.admin.call("POST /nodes", {
      body: { poolId: pool.id, name: "node-x", baseUrl: node.url },
    });
    const params = { nodeId };
    const adopted = await drive("POST /nodes/{nodeId}/adopt", { params, body: { loraName: "by-hand", adapterId } });
    expect(adopted.version.state).toBe("ready");
  });

  it("an import of many", async () => {
    const { adapterStore } = world.api.deps;
    const { id: poolId } = await addPool(world.admin, "many", adapterStore);
    const path = join(adapterStore, "many");
    await cp(join(ADAPTERS, "billing-helper"), join(path, "piper"), { recursive: true });
    const { id: importId } = await drive("POST /imports", { body: { kind: "directory", poolId, source: { path } } });
    const params = { importId };
    const rowIn = async (id: string) => {
      const rows = await world.admin.call("GET /imports/{importId}/rows", { params: { importId: id }, query: {} });
      return { rowId: rows.items[0]?.id ?? "", generation: rows.items[0]?.generation ?? 0 };
    };
    const { rowId, generation } = await rowIn(importId);
    await drive("PATCH /imports/{importId}/rows/{rowId}", {
      params: { ...params, rowId },
      generation,
      body: { tenantName: "Pied Piper" },
    });
    await drive("POST /imports/{importId}/check", { params, body: {} });
    await runJobsOnce(world.api.deps, jobHandlers);
    await drive("POST /imports/{importId}/run", { params });
    await runJobsOnce(world.api.deps, jobHandlers);
    expect(await world.admin.call("GET /imports/{importId}", { params })).toMatchObject({ state: "completed" });
    const files = [...folder].map(([name, bytes]) => ({ path: name, sizeBytes: bytes.byteLength }));
    const dropped = await world.admin.call("POST /imports", {
      body: { kind: "browser", poolId, rows: [{ folder: "raviga", files, findings: [], artifact: null }] },
    });
    const { rowId: droppedRow } = await rowIn(dropped.id);
    await drive("POST /imports/{importId}/rows/{rowId}/open", { params: { importId: dropped.id, rowId: droppedRow } });
    await drive("POST /imports/{importId}/discard", { params: { importId: dropped.id } });
  });

  it("evaluation", async () => {
    const { tenantId, versionId } = await world.addTenant("hooli", 10);
    await driveSuites(tenantId, drive);
    const first = await drive("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
    await drive("POST /runs/{runId}/pause", { params: { runId: first.id } });
    await drive("POST /runs/{runId}/resume", { params: { runId: first.id } });
    await drive("POST /runs/{runId}/cancel", { params: { runId: first.id } });
    const second = await drive("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
    await settleFleet(world.db);
    await world.turn();
    const judged = await drive("POST /runs/{runId}/rejudge", { params: { runId: second.id } });
    expect(judged.state).toBe("completed");
  });

  it("requests that are kept", () => driveRecording(world, drive));

  it("jobs, and many versions at once", async () => {
    const { versionId } = await world.addTenant("soylent", 10);
    await drive("POST /bulk/stage", { body: { versionIds: [versionId] } });
    await drive("POST /bulk/gate", { body: { versionIds: [versionId] } });
    await runJobsOnce(world.api.deps, [stageHandler, gateHandler]);
    const failing: JobHandler = {
      kind: "refuse",
      action: "version.write",
      runItem: async () => ({ state: "failed", message: "No." }),
    };
    const begin = () =>
      systemWrite(world.api.deps, "test", (ctx) =>
        startJob(ctx, { kind: failing.kind, title: "Refuse", items: [{ key: "a", label: "A" }] }),
      );
    await drive("POST /jobs/{jobId}/cancel", { params: { jobId: (await begin()).id } });
    const { id: jobId } = await begin();
    await runJobsOnce(world.api.deps, [failing]);
    await drive("POST /jobs/{jobId}/retry", { params: { jobId } });
    await drive("POST /jobs/{jobId}/cancel", { params: { jobId } });
  });

  it("cutovers, and their steps by hand", () => driveCutovers(world, drive));
  it("endpoints, and moving in from one", () => driveEndpoints(world, drive));
  it("what is set by hand, and the settings", () => driveControls(world, drive));

  it("alerts, and where they are told", () => driveAlerts(world, drive));

  it("and none was left out", () => {
    const mutations = allRoutes.map(({ signature }) => signature).filter((signature) => !signature.startsWith("GET"));
    expect(mutations.length).toBeGreaterThan(20);
    const changesNothing = [
      "POST /bulk/stage/preview",
      "POST /bulk/gate/preview",
      "POST /import-sources/{sourceId}/test",
      "POST /endpoints/{endpointId}/test",
      "POST /tenants/{tenantId}/try",
      "POST /consequences",
      "POST /incidents/{incidentId}/preview",
      "POST /suites/{suiteId}/cases/check",
      "POST /tenants/{tenantId}/suites/import/preview",
      "POST /suite-templates/{templateId}/preview",
      "POST /cutover-batches/preview",
    ];
    expect(
      mutations.filter((signature) => !driven.has(signature) && !changesNothing.includes(signature)),
      "do these once here",
    ).toEqual([]);
    expect(
      allRoutes
        .filter(({ def }) => def.unaudited !== undefined)
        .map(({ signature }) => signature)
        .sort(),
    ).toEqual([...changesNothing].sort());
  });
});

describe("a mutation that is refused", () => {
  it("leaves no row", async () => {
    const before = await trail();
    const refused = world.admin.call("POST /tenants", { body: { slug: "acme", name: "Again" } });
    await expect(refused).rejects.toMatchObject({ problem: { code: "slug_taken" } });
    const draft = await openDraft(world.admin, (await world.addTenant("late", 10)).adapterId, folder);
    await sendFiles(world.admin, draft.id, new Map([...folder].slice(0, 1)));
    const after = await trail();
    const complete = world.admin.call("POST /versions/{versionId}/complete", { params: { versionId: draft.id } });
    await expect(complete).rejects.toBeDefined();
    expect(await trail()).toEqual(after);
    expect(after.length).toBeGreaterThan(before.length);
  });
});

describe("the chains", () => {
  const verify = (chain: string) => world.admin.call("GET /audit/verify", { query: { chain } });
  /** As the owner of the tables, who can lift what holds everyone else back. */
  const asOwner = (statement: string) =>
    runSql(
      world.api.databaseUrl,
      `ALTER TABLE "AuditEntry" NO FORCE ROW LEVEL SECURITY; ALTER TABLE "AuditEntry" DISABLE TRIGGER audit_append_only;
       ALTER TABLE "AuditChain" NO FORCE ROW LEVEL SECURITY; ${statement}`,
    );
  const chainOf = async (slug: string) =>
    (await world.admin.call("GET /tenants", { query: { q: slug } })).items[0]?.id ?? "";

  it("hold after all of this, each from its first entry to its head", async () => {
    const chains = [...new Set((await trail()).map(({ chain }) => chain))];
    expect(chains.length).toBeGreaterThan(5);
    for (const chain of chains) {
      const length = (await trail()).filter((row) => row.chain === chain).length;
      expect(await verify(chain)).toEqual({ chain, ok: true, checked: length, problem: null });
    }
  });

  it("hold under writers at once", async () => {
    const tenantId = await chainOf("acme");
    const before = (await verify(tenantId)).checked;
    await Promise.all([
      ...Array.from({ length: 12 }, (_, index) =>
        world.admin.call("POST /tenants/{tenantId}/keys", {
          params: { tenantId },
          body: { name: `key ${index}`, scopes: ["inference"] },
        }),
      ),
      ...Array.from({ length: 5 }, async () => expect((await verify(tenantId)).ok).toBe(true)),
    ]);
    expect(await verify(tenantId)).toMatchObject({ ok: true, checked: before + 12 });
  });

  it("tell what someone with the rights of the owner did to them", async () => {
    const [altered, cut, headless] = [await chainOf("globex"), await chainOf("hooli"), await chainOf("umbrella")];
    await asOwner(`UPDATE "AuditEntry" SET "action" = 'tenant.read' WHERE "chain" = '${altered}' AND "seq" = 2`);
    expect(await verify(altered)).toMatchObject({ ok: false, checked: 1, problem: { kind: "altered", seq: 2 } });
    const { checked } = await verify(cut);
    await asOwner(`DELETE FROM "AuditEntry" WHERE "chain" = '${cut}' AND "seq" = ${checked}`);
    expect(await verify(cut)).toMatchObject({ ok: false, problem: { kind: "truncated", seq: checked } });
    await asOwner(`DELETE FROM "AuditChain" WHERE "chain" = '${headless}'`);
    expect(await verify(headless)).toMatchObject({ ok: false, problem: { kind: "head_missing" } });
    expect(await verify("platform")).toMatchObject({ ok: true });
  });

  it("are absent under an unknown name", async () => {
    await expect(verify("ten_nobody")).rejects.toMatchObject({ problem: { status: 404, code: "not_found" } });
  });
});
