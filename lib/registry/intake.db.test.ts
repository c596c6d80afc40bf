import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { encodeFloats } from "#lib/platform/safetensors/elements.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { verifyDigest } from "./artifact-files.ts";
import { getVersionForNode } from "./get-version-for-node.ts";
import type { Version } from "./schema.ts";
import { sweepIncoming } from "./sweep-incoming.ts";
import { BASE, type Folder, goodFolder, withFile, withKey, withoutFile, withTensor } from "./testing/adapter-folder.ts";
import { addAdapter, addPool, openDraft, registerVersion, sendFiles } from "./testing/register.ts";
import { unlockStore } from "./testing/unlock-store.ts";

const WEIGHTS = "adapter_model.safetensors";
const FIXTURES = new URL("../../e2e/fixtures/adapters/", import.meta.url).pathname;

let api: TestApi;
let poolId: string;
let imports: string;
let tenants = 0;

beforeAll(async () => {
  api = await createTestApi();
  imports = join(api.deps.adapterStore, "..", `${api.deps.adapterStore.split("/").at(-1)}-imports`);
  await mkdir(imports);
  poolId = (await addPool(api.admin, "pool", imports)).id;
});
afterAll(async () => {
  await unlockStore(api.deps.adapterStore);
  await rm(imports, { recursive: true });
  await api.close();
});

const freshAdapter = async () => {
  tenants += 1;
  return addAdapter(api.admin, `tenant-${tenants}`, poolId);
};
const problemOf = async (call: Promise<unknown>) => {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("expected the API to refuse");
  return error.problem;
};
const errorsOf = (version: Version) =>
  (version.checkReport?.findings ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ code, field }) => [code, field]);
const codesOf = (version: Version) => (version.checkReport?.findings ?? []).map(({ code }) => code);
const read = (versionId: string) => api.admin.call("GET /versions/{versionId}", { params: { versionId } });
const complete = (versionId: string) =>
  api.admin.call("POST /versions/{versionId}/complete", { params: { versionId } });
const put = (versionId: string, fileName: string, stream: BodyInit) =>
  api.admin.call("PUT /versions/{versionId}/files/{fileName}", { params: { versionId, fileName }, stream });
const actionsOn = async (objectId: string) =>
  (await api.admin.call("GET /audit", { query: { objectId } })).items.map(({ action }) => action);
const incoming = () => readdir(join(api.deps.adapterStore, ".incoming")).catch(() => []);
const loadable = (versionId: string) => systemRead(api.deps, "test", (ctx) => getVersionForNode(ctx.tx, versionId));

describe("an upload", () => {
  it("of a real PEFT folder becomes a ready version whose bytes are stored read-only under their digest", async () => {
    const { tenant, adapter } = await freshAdapter();
    const version = await registerVersion(api.admin, adapter.id, goodFolder("support-bot"));
    expect(errorsOf(version)).toEqual([]);
    expect(version).toMatchObject({
      state: "ready",
      number: 1,
      rank: 16,
      alpha: 32,
      rsLora: false,
      dtype: "bfloat16",
      tensorCount: 28,
      baseModel: "switchyard/tiny-llama",
      sequenceLimit: 4096,
      isLive: false,
      sizeBytes: 103_503,
      origin: { source: "upload" },
    });
    expect(codesOf(version)).toEqual(
      expect.arrayContaining(["tokenizer_matches", "chat_template_matches", "values_finite"]),
    );
    expect(version.loraName).toBe(`${tenant.slug}--support-bot--v1-${version.digest?.slice(0, 12)}`);
    const stored = await loadable(version.id);
    if (stored === null) throw new Error("not loadable");
    expect(stored.storePath).toBe(`${tenant.slug}--support-bot/${version.digest?.slice(0, 12)}`);
    expect(await verifyDigest(join(api.deps.adapterStore, stored.storePath), stored.files)).toEqual({ ok: true });
    expect(await incoming()).not.toContain(version.id);
    expect(await actionsOn(version.id)).toEqual([
      "version.accept",
      ...Array(goodFolder("support-bot").size).fill("version.receive_file"),
      "version.create",
    ]);
  });

  it("without tokenizer files takes the training contract's word", async () => {
    const { adapter } = await freshAdapter();
    const version = await registerVersion(api.admin, adapter.id, goodFolder("billing-helper"));
    const pool = await api.admin.call("GET /pools/{poolId}", { params: { poolId } });
    expect(version).toMatchObject({ state: "ready", tokenizerChecksum: pool.tokenizerChecksum });
    expect(codesOf(version)).toContain("tokenizer_by_contract");
  });

  it("takes a file sent twice, and the second sending counts", async () => {
    const { adapter } = await freshAdapter();
    const folder = goodFolder("support-bot");
    const draft = await openDraft(api.admin, adapter.id, folder);
    await sendFiles(api.admin, draft.id, folder);
    const flipped = (folder.get(WEIGHTS) ?? new Uint8Array()).slice().fill(0xff, -2);
    const first = await put(draft.id, WEIGHTS, flipped);
    const second = await put(draft.id, WEIGHTS, folder.get(WEIGHTS) ?? "");
    expect(second.sha256).not.toBe(first.sha256);
    expect((await complete(draft.id)).state).toBe("ready");
  });

  it("that breaks off leaves nothing behind, and the draft as it was", async () => {
    const { adapter } = await freshAdapter();
    const folder = goodFolder("support-bot");
    const draft = await openDraft(api.admin, adapter.id, folder);
    let sent = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        if (sent > 3) controller.error(new Error("connection reset"));
        else controller.enqueue(new Uint8Array(1000));
      },
    });
    const reply = await api.fetch(`/api/v1/versions/${draft.id}/files/${WEIGHTS}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${api.adminKey}`, "content-type": "application/octet-stream" },
      body: broken,
      duplex: "half",
    } as RequestInit);
    expect(reply.status).toBe(422);
    expect((await reply.json()).code).toBe("upload_broken");
    expect(await readdir(join(api.deps.adapterStore, ".incoming", draft.id))).toEqual([]);
    expect(await read(draft.id)).toMatchObject({ state: "draft", files: draft.files });
    await sendFiles(api.admin, draft.id, folder);
    expect((await complete(draft.id)).state).toBe("ready");
  });

  it("with other sizes or names than declared is refused, and changes nothing", async () => {
    const { adapter } = await freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(api.admin, adapter.id, folder);
    const weights = folder.get(WEIGHTS) ?? new Uint8Array();
    expect(await problemOf(put(draft.id, WEIGHTS, weights.slice(1)))).toMatchObject({
      status: 422,
      errors: [{ field: WEIGHTS, code: "size_differs" }],
    });
    expect(await problemOf(put(draft.id, WEIGHTS, new Uint8Array([...weights, 0])))).toMatchObject({
      code: "size_differs",
    });
    for (const name of ["tokenizer.json", "../adapter_config.json", "..%2f..%2fx", "adapter_model.bin"])
      expect(await problemOf(put(draft.id, name, "x"))).toMatchObject({
        status: 422,
        errors: [{ field: "fileName", code: "unknown_file" }],
      });
    expect((await read(draft.id)).files).toEqual(draft.files);
  });

  it("is not complete before every file has arrived", async () => {
    const { adapter } = await freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(api.admin, adapter.id, folder);
    await put(draft.id, WEIGHTS, folder.get(WEIGHTS) ?? "");
    expect(await problemOf(complete(draft.id))).toMatchObject({
      status: 422,
      errors: [{ field: "adapter_config.json", code: "file_not_received" }],
    });
    expect((await read(draft.id)).state).toBe("draft");
  });

  it("completed twice has one effect, and the same answer under one Idempotency-Key", async () => {
    const { adapter } = await freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(api.admin, adapter.id, folder);
    await sendFiles(api.admin, draft.id, folder);
    const call = (idempotencyKey: string) =>
      api.admin.call("POST /versions/{versionId}/complete", { params: { versionId: draft.id }, idempotencyKey });
    const first = await call("once");
    expect(await call("once")).toEqual(first);
    expect(await problemOf(call("again"))).toMatchObject({ status: 409, code: "not_a_draft" });
    expect(await problemOf(put(draft.id, WEIGHTS, folder.get(WEIGHTS) ?? ""))).toMatchObject({
      status: 409,
      code: "not_a_draft",
    });
    expect((await actionsOn(draft.id)).filter((action) => action === "version.accept")).toHaveLength(1);
  });

  it("completed by two at once is accepted once", async () => {
    const { adapter } = await freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(api.admin, adapter.id, folder);
    await sendFiles(api.admin, draft.id, folder);
    const outcomes = await Promise.allSettled([complete(draft.id), complete(draft.id), complete(draft.id)]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await read(draft.id)).state).toBe("ready");
  });

  it("whose reply was lost behind the move is completed by the next call", async () => {
    const { tenant, adapter } = await freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(api.admin, adapter.id, folder);
    await sendFiles(api.admin, draft.id, folder);
    // As a crash between the rename and the commit leaves it: the bytes in place, the row still a draft.
    const { digest } = await registerVersion(api.admin, (await freshAdapter()).adapter.id, folder);
    const target = join(api.deps.adapterStore, `${tenant.slug}--support-bot`, digest?.slice(0, 12) ?? "");
    await mkdir(join(target, ".."), { recursive: true });
    await cp(join(api.deps.adapterStore, ".incoming", draft.id), target, { recursive: true });
    await rm(join(api.deps.adapterStore, ".incoming", draft.id), { recursive: true });
    expect(await complete(draft.id)).toMatchObject({ state: "ready", digest });
  });

  it("whose bytes were changed on disk meanwhile is not accepted", async () => {
    const { adapter } = await freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(api.admin, adapter.id, folder);
    await sendFiles(api.admin, draft.id, folder);
    await writeFile(join(api.deps.adapterStore, ".incoming", draft.id, WEIGHTS), "tampered");
    expect(await problemOf(complete(draft.id))).toMatchObject({ status: 409, code: "bytes_changed" });
    expect((await read(draft.id)).state).toBe("draft");
  });
});

const seeded = (rank: number): Folder =>
  writeSeededAdapter({ seed: "s", baseModel: BASE.baseModel, baseConfig: BASE.configJson, rank, alpha: 2 * rank })
    .files;
const good = goodFolder("support-bot");
const truncated = (bytes: Uint8Array<ArrayBuffer> | undefined) => (bytes ?? new Uint8Array()).slice(0, -64);

describe("a bad adapter", () => {
  it.each([
    ["of a wrong rank", seeded(32), "rank_above_pool", "adapter_config.json#r"],
    [
      "for a wrong base",
      withKey(good, "adapter_config.json", "base_model_name_or_path", "other/base"),
      "base_model_mismatch",
      "adapter_config.json#base_model_name_or_path",
    ],
    [
      "with a wrong tokenizer",
      withKey(good, "tokenizer.json", "added_tokens", []),
      "tokenizer_mismatch",
      "tokenizer.json",
    ],
    [
      "with a wrong chat template",
      withFile(good, "chat_template.jinja", "{{ messages }}"),
      "chat_template_mismatch",
      "chat_template.jinja",
    ],
    [
      "with the config of another architecture",
      withFile(good, "config.json", JSON.stringify({ ...BASE.configJson, num_hidden_layers: 3 })),
      "architecture_mismatch",
      "config.json",
    ],
    ["cut off", withFile(good, WEIGHTS, truncated(good.get(WEIGHTS))), "safetensors_truncated", WEIGHTS],
    [
      "with a value that is no number",
      withTensor(good, "q_proj.lora_B.weight", (tensor) => {
        const data = tensor.data.slice();
        data.set(encodeFloats([Number.NaN], "BF16"), data.byteLength - 2);
        return { ...tensor, data };
      }),
      "values_not_finite",
      `${WEIGHTS}#base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight`,
    ],
  ])("%s is rejected with field and fix, keeps its report and loses its bytes", async (_what, folder, code, field) => {
    const { adapter } = await freshAdapter();
    const version = await registerVersion(api.admin, adapter.id, folder);
    expect(version).toMatchObject({ state: "rejected", loraName: null });
    expect(errorsOf(version)).toEqual([[code, field]]);
    expect(version.checkReport?.findings.every(({ severity, fix }) => severity !== "error" || fix)).toBe(true);
    expect(await loadable(version.id)).toBeNull();
    expect(await incoming()).not.toContain(version.id);
    expect(await read(version.id)).toEqual(version);
    expect((await actionsOn(version.id))[0]).toBe("version.reject");
  });

  it.each([
    [
      "a pickle instead of safetensors",
      withFile(withoutFile(good, WEIGHTS), "adapter_model.bin", "x"),
      ["adapter_model.bin", "bin_file_refused"],
    ],
    ["a pickle beside the safetensors", withFile(good, "optimizer.pt", "x"), ["optimizer.pt", "bin_file_refused"]],
    ["no config", withoutFile(good, "adapter_config.json"), ["adapter_config.json", "missing_file"]],
    ["a file no adapter has", withFile(good, "notes.md", "x"), ["notes.md", "unknown_file"]],
    ["a name with a way out", withFile(good, "../x.json", "x"), ["../x.json", "unknown_file"]],
  ])("with %s is refused before a byte is sent", async (_what, folder, problem) => {
    const { adapter } = await freshAdapter();
    const refused = await problemOf(openDraft(api.admin, adapter.id, folder));
    expect(refused.status).toBe(422);
    expect(refused.errors.map(({ field, code }) => [field, code])).toContainEqual(problem);
    expect((await api.admin.call("GET /versions", { query: { adapterId: adapter.id } })).items).toEqual([]);
  });

  it("whose B is all zero is accepted with a note: the load probe decides", async () => {
    const { adapter } = await freshAdapter();
    const zero = writeSeededAdapter({
      seed: "z",
      baseModel: BASE.baseModel,
      baseConfig: BASE.configJson,
      rank: 16,
      alpha: 32,
      zeroB: true,
    });
    const version = await registerVersion(api.admin, adapter.id, zero.files);
    expect(version.state).toBe("ready");
    expect(version.checkReport?.findings.find(({ code }) => code === "no_effect")?.severity).toBe("note");
  });
});

describe("numbers and stored bytes", () => {
  it("never give a number twice, also when versions are opened at once", async () => {
    const { adapter } = await freshAdapter();
    const drafts = await Promise.all(Array.from({ length: 5 }, () => openDraft(api.admin, adapter.id, good)));
    expect(drafts.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it("use the directory again when the same tenant registers the same bytes, and say so", async () => {
    const { adapter } = await freshAdapter();
    const first = await registerVersion(api.admin, adapter.id, good);
    const second = await registerVersion(api.admin, adapter.id, good);
    expect(codesOf(second)).toContain("already_stored");
    expect(second.digest).toBe(first.digest);
    expect(second.loraName).not.toBe(first.loraName);
    expect((await loadable(second.id))?.storePath).toBe((await loadable(first.id))?.storePath);
    expect(await incoming()).not.toContain(second.id);
  });

  it("never tell a tenant that another one has the same bytes", async () => {
    const [a, b] = [await freshAdapter(), await freshAdapter()];
    const mine = await registerVersion(api.admin, a.adapter.id, good);
    const theirs = await registerVersion(api.admin, b.adapter.id, good);
    expect(theirs.digest).toBe(mine.digest);
    expect(codesOf(theirs)).not.toContain("already_stored");
    expect((await loadable(theirs.id))?.storePath).not.toBe((await loadable(mine.id))?.storePath);
  });

  it("are swept when no draft needs them any more", async () => {
    const { adapter } = await freshAdapter();
    const draft = await openDraft(api.admin, adapter.id, good);
    await sendFiles(api.admin, draft.id, good);
    const orphan = join(api.deps.adapterStore, ".incoming", "ver_crashed");
    await mkdir(orphan, { recursive: true });
    expect(await sweepIncoming(api.deps, 3_600_000)).toBe(0);
    await sweepIncoming(api.deps, -60_000);
    expect(await incoming()).toContain(draft.id);
    expect(await incoming()).not.toContain("ver_crashed");
  });
});

describe("a folder the server can read", () => {
  const importFrom = (adapterId: string, path: string, idempotencyKey?: string) =>
    api.admin.call("POST /adapters/{adapterId}/versions/from-path", {
      params: { adapterId },
      body: { path, origin: { note: "nightly export" } },
      ...(idempotencyKey ? { idempotencyKey } : {}),
    });
  const place = async (name: string, change?: (directory: string) => Promise<void>) => {
    const directory = join(imports, name);
    await cp(join(FIXTURES, "support-bot"), directory, { recursive: true });
    await change?.(directory);
    return directory;
  };

  it("is copied, checked and stored like an upload of the same files", async () => {
    const { adapter } = await freshAdapter();
    const path = await place("same");
    await writeFile(join(path, "README.md"), "# model card");
    const imported = await importFrom(adapter.id, path, "import-once");
    expect(imported).toMatchObject({ state: "ready", number: 1, origin: { source: path, note: "nightly export" } });
    expect(imported.files.every(({ sizeBytes, receivedBytes, sha256 }) => sizeBytes === receivedBytes && sha256)).toBe(
      true,
    );
    expect(codesOf(imported)).toContain("file_ignored");
    expect((await registerVersion(api.admin, adapter.id, good)).digest).toBe(imported.digest);
    expect(await importFrom(adapter.id, path, "import-once")).toEqual(imported);
    expect(await actionsOn(imported.id)).toEqual(["version.accept"]);
  });

  it("with a bad adapter becomes a rejected version, and nothing of it stays in the store", async () => {
    const { adapter } = await freshAdapter();
    const before = await incoming();
    const path = await place("bad-rank", (directory) =>
      writeFile(
        join(directory, "adapter_config.json"),
        withKey(good, "adapter_config.json", "r", 8).get("adapter_config.json") ?? "",
      ),
    );
    const version = await importFrom(adapter.id, path);
    expect(version.state).toBe("rejected");
    expect(errorsOf(version).map(([code]) => code)).toEqual(["rank_mismatch"]);
    expect(await incoming()).toEqual(before);
  });

  it.each([
    ["a pickle", "adapter_model.bin", "bin_file_refused"],
    ["a trainer's pickle", "training_args.bin", "bin_file_refused"],
  ])("with %s is refused, and changes nothing", async (_what, name, code) => {
    const { adapter } = await freshAdapter();
    const path = await place(`with-${name}`, (directory) => writeFile(join(directory, name), "x"));
    expect(await problemOf(importFrom(adapter.id, path))).toMatchObject({
      status: 422,
      errors: [{ field: name, code }],
    });
    expect((await api.admin.call("GET /versions", { query: { adapterId: adapter.id } })).items).toEqual([]);
  });

  it("outside the allowed roots is refused without a word about what is there", async () => {
    const { adapter } = await freshAdapter();
    for (const path of ["/etc", "/no/such/place", `${imports}/../..`, FIXTURES])
      expect(await problemOf(importFrom(adapter.id, path))).toMatchObject({
        status: 422,
        errors: [{ field: "path", code: "path_outside_roots" }],
      });
    expect(await problemOf(importFrom(adapter.id, "support-bot"))).toMatchObject({
      errors: [{ field: "path", code: "path_not_absolute" }],
    });
  });
});

describe("who may", () => {
  it("customers read their own versions only, and write none", async () => {
    const [mine, other] = [await freshAdapter(), await freshAdapter()];
    const version = await registerVersion(api.admin, mine.adapter.id, goodFolder("billing-helper"));
    const foreign = await registerVersion(api.admin, other.adapter.id, goodFolder("billing-helper"));
    const viewer = await api.clientWith(["tenant:read"], mine.tenant.id);
    expect((await viewer.call("GET /versions", {})).items).toEqual([version]);
    expect((await viewer.call("GET /versions", { query: { adapterId: other.adapter.id } })).items).toEqual([]);
    expect(
      await problemOf(viewer.call("GET /versions/{versionId}", { params: { versionId: foreign.id } })),
    ).toMatchObject({ status: 404 });
    const customer = await api.clientWith(["tenant:admin"], mine.tenant.id);
    for (const client of [viewer, customer]) {
      expect(await problemOf(openDraft(client, mine.adapter.id, good))).toMatchObject({ status: 403 });
      expect(
        await problemOf(client.call("POST /versions/{versionId}/retire", { params: { versionId: version.id } })),
      ).toMatchObject({ status: 403 });
    }
  });

  it("operators and auditors read and never write", async () => {
    const { adapter } = await freshAdapter();
    for (const scope of ["platform:operate", "platform:read"] as const) {
      const client = await api.clientWith([scope]);
      expect((await client.call("GET /adapters/{adapterId}", { params: { adapterId: adapter.id } })).id).toBe(
        adapter.id,
      );
      expect(await problemOf(openDraft(client, adapter.id, good))).toMatchObject({ status: 403 });
    }
  });

  it("a change that fails half-way leaves no trace in catalog or trail", async () => {
    const { adapter } = await freshAdapter();
    const broken = systemWrite(api.deps, "test", async (ctx) => {
      const { createDraft } = await import("./create-draft.ts");
      await createDraft(ctx, {
        adapterId: adapter.id,
        files: [...good].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength })),
      });
      throw new Error("the process dies here");
    });
    await expect(broken).rejects.toThrow("dies here");
    expect((await api.admin.call("GET /versions", { query: { adapterId: adapter.id } })).items).toEqual([]);
    const next = await openDraft(api.admin, adapter.id, good);
    expect(next.number).toBe(1);
  });
});
