import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ctx, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { verifyDigest } from "../artifacts/verify-digest.ts";
import { goodFolder, withKey } from "../testing/adapter-folder.ts";
import { codesOf, createIntakeBench, errorsOf, type IntakeBench, problemOf } from "../testing/intake-bench.ts";
import { openDraft, registerVersion, sendFiles } from "../testing/register.ts";
import { retireVersion } from "../versions/retire-version.ts";
import { checkDraft, completeVersion } from "./complete-version.ts";
import { createDraft } from "./create-draft.ts";
import { sweepIncoming } from "./sweep-incoming.ts";

const WEIGHTS = "adapter_model.safetensors";
const good = goodFolder("support-bot");

let bench: IntakeBench;
beforeAll(async () => {
  bench = await createIntakeBench();
});
afterAll(() => bench.close());

const read = (versionId: string) => bench.api.admin.call("GET /versions/{versionId}", { params: { versionId } });
const complete = (versionId: string) =>
  bench.api.admin.call("POST /versions/{versionId}/complete", { params: { versionId } });
const put = (versionId: string, fileName: string, stream: BodyInit) =>
  bench.api.admin.call("PUT /versions/{versionId}/files/{fileName}", { params: { versionId, fileName }, stream });

describe("an upload", () => {
  it("of a real PEFT folder becomes a ready version whose bytes are stored read-only under their digest", async () => {
    const { tenant, adapter } = await bench.freshAdapter();
    const version = await registerVersion(bench.api.admin, adapter.id, goodFolder("support-bot"));
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
      aliases: [],
      sizeBytes: 103_503,
      origin: { source: "upload" },
    });
    expect(codesOf(version)).toEqual(
      expect.arrayContaining(["tokenizer_matches", "chat_template_matches", "values_finite"]),
    );
    expect(version.loraName).toBe(`${tenant.slug}--support-bot--v1-${version.digest?.slice(0, 12)}`);
    const stored = await bench.loadable(version.id);
    if (stored === null) throw new Error("not loadable");
    expect(stored.storePath).toBe(`${tenant.slug}--support-bot/${version.digest?.slice(0, 12)}`);
    expect(await verifyDigest(join(bench.api.deps.adapterStore, stored.storePath), stored.files)).toEqual({
      kind: "ok",
    });
    expect(await bench.incoming()).not.toContain(version.id);
    expect(await bench.actionsOn(version.id)).toEqual([
      "version.accept",
      ...Array(goodFolder("support-bot").size).fill("version.receive_file"),
      "version.create",
    ]);
  });

  it("without tokenizer files takes the training contract's word", async () => {
    const { adapter } = await bench.freshAdapter();
    const version = await registerVersion(bench.api.admin, adapter.id, goodFolder("billing-helper"));
    const pool = await bench.api.admin.call("GET /pools/{poolId}", { params: { poolId: bench.poolId } });
    expect(version).toMatchObject({ state: "ready", tokenizerChecksum: pool.tokenizerChecksum });
    expect(codesOf(version)).toContain("tokenizer_by_contract");
  });

  it("takes a file sent twice, and the second sending counts", async () => {
    const { adapter } = await bench.freshAdapter();
    const folder = goodFolder("support-bot");
    const draft = await openDraft(bench.api.admin, adapter.id, folder);
    await sendFiles(bench.api.admin, draft.id, folder);
    const flipped = (folder.get(WEIGHTS) ?? new Uint8Array()).slice().fill(0xff, -2);
    const first = await put(draft.id, WEIGHTS, flipped);
    const second = await put(draft.id, WEIGHTS, folder.get(WEIGHTS) ?? "");
    expect(second.sha256).not.toBe(first.sha256);
    expect((await complete(draft.id)).state).toBe("ready");
  });

  it("that breaks off leaves nothing behind, and the draft as it was", async () => {
    const { adapter } = await bench.freshAdapter();
    const folder = goodFolder("support-bot");
    const draft = await openDraft(bench.api.admin, adapter.id, folder);
    let sent = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        if (sent > 3) controller.error(new Error("connection reset"));
        else controller.enqueue(new Uint8Array(1000));
      },
    });
    const reply = await bench.api.fetch(`/api/v1/versions/${draft.id}/files/${WEIGHTS}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${bench.api.adminKey}`, "content-type": "application/octet-stream" },
      body: broken,
      duplex: "half",
    } as RequestInit);
    expect(reply.status).toBe(422);
    expect((await reply.json()).code).toBe("upload_broken");
    expect(await readdir(join(bench.api.deps.adapterStore, ".incoming", draft.id))).toEqual([]);
    expect(await read(draft.id)).toMatchObject({ state: "draft", files: draft.files });
    await sendFiles(bench.api.admin, draft.id, folder);
    expect((await complete(draft.id)).state).toBe("ready");
  });

  it("with other sizes or names than declared is refused, and changes nothing", async () => {
    const { adapter } = await bench.freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(bench.api.admin, adapter.id, folder);
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
    const { adapter } = await bench.freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(bench.api.admin, adapter.id, folder);
    await put(draft.id, WEIGHTS, folder.get(WEIGHTS) ?? "");
    expect(await problemOf(complete(draft.id))).toMatchObject({
      status: 422,
      errors: [{ field: "adapter_config.json", code: "file_not_received" }],
    });
    expect((await read(draft.id)).state).toBe("draft");
  });

  it("completed twice has one effect, and the same answer under one Idempotency-Key", async () => {
    const { adapter } = await bench.freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(bench.api.admin, adapter.id, folder);
    await sendFiles(bench.api.admin, draft.id, folder);
    const call = (idempotencyKey: string) =>
      bench.api.admin.call("POST /versions/{versionId}/complete", { params: { versionId: draft.id }, idempotencyKey });
    const first = await call("once");
    expect(await call("once")).toEqual(first);
    expect(await problemOf(call("again"))).toMatchObject({ status: 409, code: "not_a_draft" });
    expect(await problemOf(put(draft.id, WEIGHTS, folder.get(WEIGHTS) ?? ""))).toMatchObject({
      status: 409,
      code: "not_a_draft",
    });
    expect((await bench.actionsOn(draft.id)).filter((action) => action === "version.accept")).toHaveLength(1);
  });

  it("completed by two at once is accepted once", async () => {
    const { adapter } = await bench.freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(bench.api.admin, adapter.id, folder);
    await sendFiles(bench.api.admin, draft.id, folder);
    const outcomes = await Promise.allSettled([complete(draft.id), complete(draft.id), complete(draft.id)]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await read(draft.id)).state).toBe("ready");
  });

  it("whose reply was lost behind the move is completed by the next call", async () => {
    const { tenant, adapter } = await bench.freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(bench.api.admin, adapter.id, folder);
    await sendFiles(bench.api.admin, draft.id, folder);
    // As a crash between the rename and the commit leaves it: the bytes in place, the row still a draft.
    const { digest } = await registerVersion(bench.api.admin, (await bench.freshAdapter()).adapter.id, folder);
    const target = join(bench.api.deps.adapterStore, `${tenant.slug}--support-bot`, digest?.slice(0, 12) ?? "");
    await mkdir(join(target, ".."), { recursive: true });
    await cp(join(bench.api.deps.adapterStore, ".incoming", draft.id), target, { recursive: true });
    await rm(join(bench.api.deps.adapterStore, ".incoming", draft.id), { recursive: true });
    expect(await complete(draft.id)).toMatchObject({ state: "ready", digest });
  });

  it("whose bytes were changed on disk meanwhile is not accepted", async () => {
    const { adapter } = await bench.freshAdapter();
    const folder = goodFolder("billing-helper");
    const draft = await openDraft(bench.api.admin, adapter.id, folder);
    await sendFiles(bench.api.admin, draft.id, folder);
    await writeFile(join(bench.api.deps.adapterStore, ".incoming", draft.id, WEIGHTS), "tampered");
    expect(await problemOf(complete(draft.id))).toMatchObject({ status: 409, code: "bytes_changed" });
    expect((await read(draft.id)).state).toBe("draft");
  });
});

describe("a transaction that is rolled back removes no file", () => {
  const DAY_MS = 86_400_000;
  const rejected = withKey(good, "adapter_config.json", "use_dora", true);
  const filesOf = (versionId: string) => readdir(join(bench.api.deps.adapterStore, ".incoming", versionId));
  const thenDie = (change: (ctx: Ctx) => Promise<unknown>) =>
    systemWrite(bench.api.deps, "test", async (ctx) => {
      await change(ctx);
      throw new Error("the process dies here");
    });

  it("when a draft is completed: the next try finds every byte, and the sweep removes them afterwards", async () => {
    const { adapter } = await bench.freshAdapter();
    const draft = await openDraft(bench.api.admin, adapter.id, rejected);
    await sendFiles(bench.api.admin, draft.id, rejected);
    const settled = await checkDraft((run) => systemRead(bench.api.deps, "test", run), draft.id);
    await expect(thenDie((ctx) => completeVersion(ctx, { versionId: draft.id, settled }))).rejects.toThrow("dies here");
    expect((await filesOf(draft.id)).sort()).toEqual([...rejected.keys()].sort());
    await sweepIncoming(bench.api.deps, DAY_MS);
    expect(await bench.incoming()).toContain(draft.id);

    await systemWrite(bench.api.deps, "test", (ctx) => completeVersion(ctx, { versionId: draft.id, settled }));
    expect((await read(draft.id)).state).toBe("rejected");
    await sweepIncoming(bench.api.deps, DAY_MS);
    expect(await bench.incoming()).not.toContain(draft.id);
  });

  it("when a draft is retired", async () => {
    const { adapter } = await bench.freshAdapter();
    const draft = await openDraft(bench.api.admin, adapter.id, good);
    await sendFiles(bench.api.admin, draft.id, good);
    await expect(thenDie((ctx) => retireVersion(ctx, draft.id))).rejects.toThrow("dies here");
    expect((await filesOf(draft.id)).sort()).toEqual([...good.keys()].sort());
    await systemWrite(bench.api.deps, "test", (ctx) => retireVersion(ctx, draft.id));
    await sweepIncoming(bench.api.deps, DAY_MS);
    expect(await bench.incoming()).not.toContain(draft.id);
  });
});

describe("who may", () => {
  it("customers read their own versions only, and write none", async () => {
    const [mine, other] = [await bench.freshAdapter(), await bench.freshAdapter()];
    const version = await registerVersion(bench.api.admin, mine.adapter.id, goodFolder("billing-helper"));
    const foreign = await registerVersion(bench.api.admin, other.adapter.id, goodFolder("billing-helper"));
    const viewer = await bench.api.clientWith(["tenant:read"], mine.tenant.id);
    const seen = { ...version, origin: { ...version.origin, by: "Your provider" } };
    expect((await viewer.call("GET /versions", {})).items).toEqual([seen]);
    expect(await viewer.call("GET /versions/{versionId}", { params: { versionId: version.id } })).toEqual(seen);
    expect((await viewer.call("GET /versions", { query: { adapterId: other.adapter.id } })).items).toEqual([]);
    expect(
      await problemOf(viewer.call("GET /versions/{versionId}", { params: { versionId: foreign.id } })),
    ).toMatchObject({ status: 404 });
    const customer = await bench.api.clientWith(["tenant:admin"], mine.tenant.id);
    for (const client of [viewer, customer]) {
      expect(await problemOf(openDraft(client, mine.adapter.id, good))).toMatchObject({ status: 403 });
      expect(
        await problemOf(client.call("POST /versions/{versionId}/retire", { params: { versionId: version.id } })),
      ).toMatchObject({ status: 403 });
    }
  });

  it("operators and auditors read and never write", async () => {
    const { adapter } = await bench.freshAdapter();
    for (const scope of ["platform:operate", "platform:read"] as const) {
      const client = await bench.api.clientWith([scope]);
      expect((await client.call("GET /adapters/{adapterId}", { params: { adapterId: adapter.id } })).id).toBe(
        adapter.id,
      );
      expect(await problemOf(openDraft(client, adapter.id, good))).toMatchObject({ status: 403 });
    }
  });

  it("a change that fails half-way leaves no trace in catalog or trail", async () => {
    const { adapter } = await bench.freshAdapter();
    const broken = systemWrite(bench.api.deps, "test", async (ctx) => {
      await createDraft(ctx, {
        adapterId: adapter.id,
        files: [...good].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength })),
      });
      throw new Error("the process dies here");
    });
    await expect(broken).rejects.toThrow("dies here");
    expect((await bench.api.admin.call("GET /versions", { query: { adapterId: adapter.id } })).items).toEqual([]);
    const next = await openDraft(bench.api.admin, adapter.id, good);
    expect(next.number).toBe(1);
  });
});
