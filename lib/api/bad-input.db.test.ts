import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEvalWorld, type EvalWorld, problemOf } from "#lib/evals/testing/eval-world.ts";
import { actorOfSession, signIn } from "#lib/identity/sign-in.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { sweepIncoming } from "#lib/registry/intake/sweep-incoming.ts";
import { BASE, type Folder, goodFolder, withFile, withKey, withoutFile } from "#lib/registry/testing/adapter-folder.ts";
import { addPool, openDraft, registerVersion } from "#lib/registry/testing/register.ts";

const DAY_MS = 86_400_000;

/** What people get wrong most: each gets the field and the fix, and changes nothing. Every case differs in one fact. */
let world: EvalWorld;
let acme: { tenantId: string; adapterId: string; versionId: string };
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await createEvalWorld();
  acme = await world.addTenant("acme", 10);
});
afterAll(async () => {
  for (const close of closing) await close();
  await world.close();
});

/** Rows of every table but the two that only requests themselves write. */
const countRows = () =>
  world.db.read(platformScope, async ({ client }) => {
    const tables = await client.$queryRaw<{ name: string }[]>`
      SELECT tablename AS name FROM pg_tables
      WHERE schemaname = 'public' AND tablename NOT IN ('IdempotencyKey', 'SignInAttempt', '_prisma_migrations')`;
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const [row] = await client.$queryRawUnsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM "${name}"`);
      counts[name] = row?.n ?? -1;
    }
    return counts;
  });
const liveVersion = async () =>
  (await world.admin.call("GET /adapters/{adapterId}", { params: { adapterId: acme.adapterId } })).route.liveVersionId;

/** The refusal of a call that left every table as it was. */
async function refusalOf(call: () => Promise<unknown>) {
  const before = await countRows();
  const problem = await problemOf(call());
  expect(await countRows()).toEqual(before);
  return problem;
}
const nameOf = (field: string, code: string) => ({
  code,
  errors: [{ field, code, message: expect.stringMatching(/\S/), fix: expect.stringMatching(/\S/) }],
});

describe("an adapter that does not fit", () => {
  const WEIGHTS = "adapter_model.safetensors";
  const good = goodFolder("support-bot");
  const weights = good.get(WEIGHTS) ?? new Uint8Array();
  const rank32: Folder = writeSeededAdapter({
    seed: "s",
    baseModel: BASE.baseModel,
    baseConfig: BASE.configJson,
    rank: 32,
    alpha: 64,
  }).files;

  it.each([
    ["wrong rank", rank32, "rank_above_pool", "adapter_config.json#r"],
    [
      "wrong base",
      withKey(good, "adapter_config.json", "base_model_name_or_path", "switchyard/tiny-llama-instruct"),
      "base_model_mismatch",
      "adapter_config.json#base_model_name_or_path",
    ],
    ["wrong tokenizer", withKey(good, "tokenizer.json", "added_tokens", []), "tokenizer_mismatch", "tokenizer.json"],
    ["truncated safetensors", withFile(good, WEIGHTS, weights.slice(0, -1)), "safetensors_truncated", WEIGHTS],
  ])("%s: is rejected for that alone, and nothing of it can be loaded", async (_what, folder, code, field) => {
    const { adapterStore } = world.api.deps;
    await sweepIncoming(world.api.deps, DAY_MS); // what arrived before for other tests
    const before = { rows: await countRows(), stored: await readdir(adapterStore, { recursive: true }) };
    const version = await registerVersion(world.admin, acme.adapterId, folder);
    await sweepIncoming(world.api.deps, DAY_MS);
    const errors = version.checkReport?.findings.filter(({ severity }) => severity === "error") ?? [];
    expect(errors).toMatchObject([{ code, field, fix: expect.stringMatching(/\S/) }]);
    expect(version).toMatchObject({ state: "rejected", loraName: null, aliases: [] });
    const after = await countRows();
    const changed = Object.keys(after).filter((table) => after[table] !== before.rows[table]);
    expect(changed.sort()).toEqual(["AdapterVersion", "AuditEntry", "VersionFile"]); // the refusal and its report
    expect(await readdir(adapterStore, { recursive: true })).toEqual(before.stored);
    const params = { versionId: version.id };
    const stage = () => world.admin.call("POST /versions/{versionId}/stage", { params, body: {} });
    expect(await refusalOf(stage)).toMatchObject({ status: 409, code: "version_not_ready" });
  });

  it("a .bin: is refused before a byte is sent", async () => {
    const pickle = withFile(withoutFile(good, WEIGHTS), "adapter_model.bin", "x");
    const problem = await refusalOf(() => openDraft(world.admin, acme.adapterId, pickle));
    expect(problem).toMatchObject({ status: 422, errors: expect.arrayContaining([expect.anything()]) });
    expect(problem.errors.map(({ field, code }) => [field, code])).toContainEqual([
      "adapter_model.bin",
      "pickle_refused",
    ]);
    expect(problem.errors.every(({ fix }) => fix !== "")).toBe(true);
  });
});

describe("a name that is taken", () => {
  it.each<[string, string, string, () => Promise<unknown>]>([
    [
      "a tenant's slug",
      "slug",
      "slug_taken",
      () => world.admin.call("POST /tenants", { body: { slug: "acme", name: "Other" } }),
    ],
    [
      "an adapter's slug",
      "slug",
      "slug_taken",
      () =>
        world.admin.call("POST /tenants/{tenantId}/adapters", {
          params: { tenantId: acme.tenantId },
          body: { slug: "support-bot", name: "Other", poolId: world.poolId },
        }),
    ],
    ["a pool's slug", "slug", "slug_taken", () => addPool(world.admin, "pool", "/data/other")],
    [
      "an e-mail",
      "email",
      "email_taken",
      () =>
        world.admin.call("POST /users", {
          body: { email: "ADMIN@example.com", name: "Other", password: "a password of length", staffRole: "auditor" },
        }),
    ],
  ])("%s", async (_what, field, code, call) => {
    expect(await refusalOf(call)).toMatchObject({ status: 409, ...nameOf(field, code) });
  });

  it("is told as taken to all but one who ask for it at once", async () => {
    const add = () =>
      world.admin.call("POST /users", {
        body: { email: "race@example.com", name: "Race", password: "a password of length", staffRole: "auditor" },
      });
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () =>
        add().then(
          () => "added",
          (error) => error.problem.code,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual(["added", "email_taken", "email_taken", "email_taken"]);
  });
});

describe("a node's address", () => {
  it("that answers a web page", async () => {
    const server = createServer((_request, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Welcome</title>"),
    );
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    closing.push(() => new Promise((done) => server.close(done)));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const body = { poolId: world.poolId, name: "web-page", baseUrl };
    const problem = await refusalOf(() => world.admin.call("POST /nodes", { body }));
    expect(problem).toMatchObject({ status: 422, ...nameOf("baseUrl", "not_vllm") });
  });
});

describe("an expired session", () => {
  it("is told to sign in again, and its request is not carried out", async () => {
    const { deps } = world.api;
    const credentials = { email: "admin@example.com", password: "correct horse battery" };
    const session = await signIn(deps, { ...credentials, address: "192.0.2.1", browser: null, userAgent: null });
    if (session === null) throw new Error("expected the sign-in to succeed");
    const id = session.sessionId;
    const send = async (slug: string) => {
      world.api.signInAs(await actorOfSession(deps, id));
      const headers = { "content-type": "application/json", host: "localhost", origin: "http://localhost" };
      const body = JSON.stringify({ slug, name: slug });
      const response = await world.api.fetch("/api/v1/tenants", { method: "POST", headers, body });
      world.api.signInAs(null);
      return { status: response.status, body: await response.json() };
    };
    expect(await send("in-time")).toMatchObject({ status: 201 });
    await world.db.write(platformScope, ({ client }) =>
      client.session.update({ where: { id }, data: { expiresAt: new Date() } }),
    );
    const before = await countRows();
    expect(await send("too-late")).toMatchObject({
      status: 401,
      body: { code: "unauthenticated", fix: expect.stringContaining("Sign in") },
    });
    expect(await countRows()).toEqual(before);
  });
});

describe("a cutover without a pass", () => {
  it("is refused, and the live version stays", async () => {
    const call = () =>
      world.admin.call("POST /adapters/{adapterId}/cutovers", {
        params: { adapterId: acme.adapterId },
        body: { toVersionId: acme.versionId },
      });
    const problem = await refusalOf(call);
    expect(problem).toMatchObject({ status: 409, ...nameOf("toVersionId", "gate_not_passed") });
    expect(problem.fix).toContain("gate");
    expect(await liveVersion()).toBeNull();
  });
});

describe("text that no database keeps", () => {
  it.each(["a\u0000b", "\ud800"])("is refused by field: %j", async (name) => {
    const problem = await refusalOf(() => world.admin.call("POST /tenants", { body: { slug: "nul", name } }));
    expect(problem).toMatchObject({ status: 422 });
    expect(problem.errors).toMatchObject([{ field: "name" }]);
  });

  it("is refused in what a pool stores, and read in what it only takes the checksum of", async () => {
    const files = { configJson: BASE.configJson, tokenizerJson: BASE.tokenizerJson };
    const limits = { maxModelLen: 4096, maxLoras: 2, maxLoraRank: 16 as const, maxCpuLoras: 4 };
    const body = { slug: "odd", name: "Odd", baseModel: BASE.baseModel, ...limits, adapterDirectory: "/data/odd" };
    const add = (configJson: Record<string, unknown>) =>
      world.admin.call("POST /pools", { body: { ...body, files: { ...files, configJson } } });
    const problem = await refusalOf(() => add({ ...BASE.configJson, note: "\u0000" }));
    expect(problem).toMatchObject({ status: 422, errors: [{ field: "files.configJson.note", code: "bad_text" }] });
    const tokenizerJson = { ...BASE.tokenizerJson, note: "\u0000" };
    const pool = await world.admin.call("POST /pools", { body: { ...body, files: { ...files, tokenizerJson } } });
    expect(pool.slug).toBe("odd");
  });

  it("is refused in a query and in a path, too", async () => {
    const headers = { authorization: `Bearer ${world.api.adminKey}` };
    for (const path of ["/tenants?q=%00", "/tenants/%00", "/adapters/%00/versions/from-path", "/audit?action=%00"])
      expect((await world.api.fetch(`/api/v1${path}`, { headers })).status, path).toBeLessThan(500);
  });
});
