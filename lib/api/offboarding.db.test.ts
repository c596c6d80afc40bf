import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { switchLive } from "#lib/cutover/switch-live.ts";
import { listedOn } from "#lib/fleet/testing/fault-world.ts";
import { mortalDeps } from "#lib/fleet/testing/mortal-deps.ts";
import { createRolloutWorld, type RolloutWorld } from "#lib/fleet/testing/rollout-world.ts";
import { type Gateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { type Deps, systemWrite } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { Offboarding } from "#lib/registry/browser/offboarding-schema.ts";
import { collectArtifacts } from "#lib/registry/deletion/collect-artifacts.ts";
import { INTAKE_LOOP } from "#lib/registry/intake/loop.ts";
import { advanceOffboardings, OFFBOARDING_LOOP } from "#lib/registry/offboarding/offboarding-loop.ts";
import type { Version } from "#lib/registry/schema.ts";
import { ApiError } from "./client.ts";
import { offboardingWorkers } from "./offboarding-workers.ts";
import { addVersion, seededAdapter, startNode } from "./testing/fleet.ts";

/** A customer leaves: over simulated nodes, a real gateway, and passes that are made by hand, so that each can die. */
const ROUNDS = 40;
let world: RolloutWorld;
let gateway: Gateway;
let stays: Customer;
let workers = 0;

type Customer = { tenantId: string; slug: string; version: Version; key: string };

beforeAll(async () => {
  world = await createRolloutWorld(["n1", "n2"]);
  const { db, secrets, log } = world.api.deps;
  gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  stays = await liveCustomer("stays");
  await becomes(stays, 200);
});
afterAll(async () => {
  await gateway.stop();
  await world.close();
});

/** A customer with a live version on both nodes, a key, and one person in the portal. All have the same bytes. */
async function liveCustomer(slug: string): Promise<Customer> {
  const { admin, deps } = world.api;
  const tenant = await admin.call("POST /tenants", { body: { slug, name: slug } });
  const params = { tenantId: tenant.id };
  const adapter = await admin.call("POST /tenants/{tenantId}/adapters", {
    params,
    body: { slug: "bot", name: "Bot", poolId: world.poolId },
  });
  const version = await addVersion(admin, adapter.id, await seededAdapter("same for all"));
  const { key } = await admin.call("POST /tenants/{tenantId}/keys", {
    params,
    body: { name: "app", scopes: ["inference"] },
  });
  const membership = { tenantId: tenant.id, role: "tenant_admin" as const };
  await admin.call("POST /users", {
    body: { email: `${slug}@example.com`, name: slug, password: "a password of length", membership },
  });
  const move = { adapterId: adapter.id, toVersionId: version.id, fromVersionId: null, keepFromWarm: true };
  await systemWrite(deps, "test", (ctx) => switchLive(ctx, move));
  await world.settle();
  return { tenantId: tenant.id, slug, version, key };
}

const ask = async ({ key }: Customer): Promise<{ status: number; code: string | null }> => {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "bot", max_tokens: 4, messages: [{ role: "user", content: "Hello" }] }),
  });
  const body = (await response.json()) as { error?: { code: string } };
  return { status: response.status, code: body.error?.code ?? null };
};
const becomes = (customer: Customer, status: number) =>
  vi.waitFor(async () => expect((await ask(customer)).status).toBe(status), { timeout: 10_000, interval: 20 });

const offboard = (customer: Customer, body: { confirm?: string; restartNodes?: boolean } = {}) =>
  world.api.admin.call("POST /tenants/{tenantId}/offboard", {
    params: { tenantId: customer.tenantId },
    body: { confirm: customer.slug, ...body },
  });
const readSteps = ({ tenantId }: Customer) =>
  world.api.admin.call("GET /tenants/{tenantId}/offboarding", { params: { tenantId } });
const step = (offboarding: Offboarding, name: string) => {
  const found = offboarding.steps.find((one) => one.step === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
};
const statesOf = (offboarding: Offboarding) =>
  Object.fromEntries(offboarding.steps.map(({ step: name, state }) => [name, state]));
const placesOf = ({ slug }: Customer) =>
  readdir(join(world.api.deps.adapterStore, `${slug}--bot`)).catch(() => "no directory");

async function withLease(name: string, work: (term: bigint) => Promise<unknown>): Promise<void> {
  const { db } = world.api.deps;
  await db.write(platformScope, ({ client }) =>
    client.lease.updateMany({ where: { name }, data: { expiresAt: new Date(0) } }),
  );
  workers += 1;
  const lease = createLease(db, { name, holder: `worker-${workers}`, ttlMs: 60_000 });
  await work((await lease.acquire()) ?? 0n);
}
const turn = (deps: Deps = world.api.deps) =>
  withLease(OFFBOARDING_LOOP, (term) =>
    advanceOffboardings(deps, { term, signal: new AbortController().signal }, offboardingWorkers),
  );
/** What the other loops do meanwhile. */
async function others(): Promise<void> {
  world.clock.leap(3_000);
  await world.resync();
  await withLease(INTAKE_LOOP, (term) => collectArtifacts(world.api.deps, { name: INTAKE_LOOP, term }));
}
async function until(customer: Customer, isThere: (offboarding: Offboarding) => boolean, act = turn) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const offboarding = await readSteps(customer);
    if (isThere(offboarding)) return offboarding;
    await act();
    await others();
  }
  throw new Error(
    `not there: ${JSON.stringify(statesOf(await readSteps(customer)))} ${JSON.stringify((await readSteps(customer)).steps.map(({ message }) => message))}`,
  );
}
const isArchived = ({ status }: Offboarding) => status === "archived";
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error) => (error instanceof ApiError ? error.problem.code : String(error)),
  );
/** What must not change for a customer who stays. */
async function expectUntouched(): Promise<void> {
  const { tenantId, version } = stays;
  const { items } = await world.api.admin.call("GET /adapters", { query: { tenantId } });
  expect(items.map(({ route }) => route.liveVersionId)).toEqual([version.id]);
  expect(await world.routable(version)).toEqual(["n1", "n2"]);
  expect(await placesOf(stays)).toEqual([version.digest?.slice(0, 12)]);
  expect((await ask(stays)).status).toBe(200);
}

describe("a tenant that leaves", () => {
  it("is previewed, asked for by name, and gone step by step, while others notice nothing", async () => {
    const leaves = await liveCustomer("leaves");
    await becomes(leaves, 200);
    const { preview } = await readSteps(leaves);
    expect(preview).toMatchObject({ versions: 1, live: 1, keys: 1, people: 1, openRuns: 0, directories: 1 });
    expect(preview?.placements.map(({ nodeName, reachable }) => [nodeName, reachable])).toEqual([
      ["n1", true],
      ["n2", true],
    ]);
    expect(preview?.residue.map(({ nodeName, tier }) => [nodeName, tier])).toEqual([
      ["n1", "unknown"],
      ["n2", "unknown"],
    ]);
    expect(await refusal(offboard(leaves, { confirm: "leave" }))).toBe("confirm_differs");
    expect(await ask(leaves)).toMatchObject({ status: 200 });

    expect(statesOf(await offboard(leaves))).toMatchObject({ traffic: "done", work: "waiting", artifacts: "waiting" });
    await becomes(leaves, 403);
    expect(await ask(leaves)).toEqual({ status: 403, code: "tenant_closed" });
    expect(statesOf(await offboard(leaves))).toMatchObject({ traffic: "done", work: "waiting" });
    const answers: number[] = [];
    const done = await until(leaves, isArchived, async () => {
      await turn();
      answers.push((await ask(leaves)).status);
    });
    expect(new Set(answers)).toEqual(new Set([403]));
    await becomes(leaves, 401);

    expect(statesOf(done)).toEqual({
      traffic: "done",
      work: "done",
      keys: "done",
      placements: "done",
      residency: "skipped",
      export: "done",
      artifacts: "done",
    });
    expect(step(done, "residency").message).toMatch(/may stay in memory of n1 \(epoch \d+\), n2 \(epoch \d+\)/);
    expect(step(done, "placements").record).toMatchObject({
      placements: [{ nodeName: "n1", goneAt: expect.any(String) }, { nodeName: "n2" }],
      wasLive: [{ liveVersionId: leaves.version.id }],
    });
    expect(step(done, "artifacts").record).toMatchObject({
      versions: [{ digest: leaves.version.digest, removedAt: expect.any(String) }],
    });
    expect(step(done, "keys").record).toMatchObject({
      keys: [{ name: "app" }],
      people: [{ email: "leaves@example.com" }],
    });
    for (const node of world.nodes.values()) expect(await listedOn(node)).not.toContain(leaves.version.loraName);
    expect(await placesOf(leaves)).toBe("no directory");
    await expectUntouched();
  });

  it("stays readable: the record, and an export with digests, reports and the trail", async () => {
    const { items } = await world.api.admin.call("GET /tenants", { query: { status: "archived" } });
    const tenantId = items[0]?.id ?? "";
    const params = { tenantId };
    const exported = await world.api.admin.call("GET /tenants/{tenantId}/offboarding/export", { params });
    expect(exported).toMatchObject({
      format: "switchyard-tenant-export-1",
      document: { tenant: { slug: "leaves" }, versions: [{ checkReport: { findings: expect.any(Array) } }] },
    });
    expect(JSON.stringify(exported.document)).toContain("tenant.offboard");
    expect(exported.offboarding).toHaveLength(7);
    expect((await world.api.admin.call("GET /audit", { query: { objectId: tenantId } })).items[0]?.action).toBe(
      "tenant.archive",
    );
    const gone = { tenantId, slug: "leaves" } as Customer;
    expect(await refusal(offboard(gone))).toBe("already_archived");
    const key = { name: "again", scopes: ["inference" as const] };
    expect(await refusal(world.api.admin.call("POST /tenants/{tenantId}/keys", { params, body: key }))).toBe(
      "tenant_leaving",
    );
    expect(await refusal(world.api.admin.call("POST /tenants", { body: { slug: "leaves", name: "x" } }))).toBe(
      "slug_taken",
    );
  });

  it("takes along what had a share of its requests, and forgets its own endpoint with its key", async () => {
    const { admin } = world.api;
    const shares = await liveCustomer("shares");
    const adapterId = shares.version.adapterId;
    const second = await addVersion(admin, adapterId, await seededAdapter("its second"));
    await admin.call("POST /versions/{versionId}/stage", { params: { versionId: second.id }, body: {} });
    await world.settle();
    const { route } = await admin.call("GET /adapters/{adapterId}", { params: { adapterId } });
    await admin.call("PUT /adapters/{adapterId}/traffic", {
      params: { adapterId },
      body: { mirrorVersionId: second.id, mirrorPercent: 50 },
      generation: route.generation,
    });
    const body = { name: "Theirs", baseUrl: "http://127.0.0.1:9/v1", tenantId: shares.tenantId, apiKey: "sk-theirs" };
    const endpoint = await admin.call("POST /endpoints", { body });
    await offboard(shares);
    const done = await until(shares, isArchived);
    expect(step(done, "keys").record).toMatchObject({ endpoints: ["Theirs"] });
    const read = admin.call("GET /endpoints/{endpointId}", { params: { endpointId: endpoint.id } });
    expect(await refusal(read)).toBe("not_found");
    const after = await admin.call("GET /adapters/{adapterId}", { params: { adapterId } });
    expect(after.route).toMatchObject({ liveVersionId: null, mirrorVersionId: null, mirrorPercent: 0 });
    for (const node of world.nodes.values()) expect(await listedOn(node)).not.toContain(second.loraName);
    await expectUntouched();
  });

  it("is cleared from memory by a restart that comes later", async () => {
    const { items } = await world.api.admin.call("GET /tenants", { query: { status: "archived" } });
    const gone = { tenantId: items[0]?.id ?? "", slug: "leaves" } as Customer;
    for (const name of ["n1", "n2"]) {
      const node = world.nodes.get(name);
      await node?.kill();
      world.nodes.set(name, await startNode(name, node?.port));
    }
    await world.settle();
    const done = await until(gone, ({ steps }) => steps.every(({ state }) => state === "done"));
    expect(step(done, "residency").message).toBe("Cleared on 2 nodes: n1 restarted, n2 restarted.");
  });

  it("waits for a node that is away, while everything else goes on, and ends when it is back", async () => {
    const leaves = await liveCustomer("away");
    const node = world.nodes.get("n1");
    await node?.kill();
    await offboard(leaves);
    const stuck = await until(leaves, ({ steps }) =>
      steps.some(({ step: name, state }) => name === "export" && state === "done"),
    );
    await turn();
    for (let round = 0; round < 3; round += 1) {
      await others();
      await turn();
    }
    const waiting = await readSteps(leaves);
    expect(stuck.status).toBe("offboarding");
    expect(statesOf(waiting)).toMatchObject({
      keys: "done",
      placements: "waiting",
      artifacts: "waiting",
      residency: "waiting",
    });
    expect(step(waiting, "placements").message).toMatch(/n1 cannot be reached.*or remove it from its pool/);
    expect(await placesOf(leaves)).toEqual([leaves.version.digest?.slice(0, 12)]);
    world.nodes.set("n1", await startNode("n1", node?.port));
    expect((await until(leaves, isArchived)).status).toBe("archived");
    expect(await placesOf(leaves)).toBe("no directory");
  });

  it("has its nodes restarted one at a time where that is asked for, and is proven cleared", async () => {
    await world.setPool({ restartStep: "simulated" });
    const leaves = await liveCustomer("restarts");
    await offboard(leaves, { restartNodes: true });
    const done = await until(leaves, isArchived, async () => {
      await turn();
      await world.step();
      await expectUntouchedRoute();
    });
    expect(step(done, "residency")).toMatchObject({
      state: "done",
      message: expect.stringMatching(/n1 restarted, n2 restarted/),
    });
    for (let round = 0; round < 6; round += 1) {
      await world.step(); // the last node is put back into service when its adapters are back
      await others();
    }
    await expectUntouched();
  });

  it("is taken away whatever its workers die of, before a step or right after it", async () => {
    const leaves = await liveCustomer("mortal");
    await offboard(leaves);
    let n = 0;
    let deaths = 0;
    const done = await until(leaves, isArchived, async () => {
      for (let life = 0; life < 8; life += 1) {
        n += 1;
        const mortal = mortalDeps(world.api.deps, Math.ceil(n / 2), n % 2 === 0 ? "before" : "after");
        await turn(mortal).catch(() => {}); // it died, which is the point
        if (mortal.isDead()) deaths += 1;
      }
    });
    expect(deaths).toBeGreaterThan(8);
    expect(step(done, "artifacts").state).toBe("done");
    expect(await placesOf(leaves)).toBe("no directory");
    for (const node of world.nodes.values()) expect(await listedOn(node)).not.toContain(leaves.version.loraName);
    const { items } = await world.api.admin.call("GET /audit", { query: { objectId: leaves.tenantId } });
    expect(items.filter(({ action }) => action === "tenant.archive")).toHaveLength(1);
    await expectUntouched();
  });
});

/** One of two nodes restarts: the other one answers. */
async function expectUntouchedRoute(): Promise<void> {
  expect((await ask(stays)).status).toBe(200);
}
