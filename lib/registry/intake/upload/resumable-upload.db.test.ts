import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "#lib/api/app.ts";
import type { Actor } from "#lib/identity/actor.ts";
import type { Version } from "../../schema.ts";
import { type Folder, goodFolder } from "../../testing/adapter-folder.ts";
import { createIntakeBench, type IntakeBench, problemOf } from "../../testing/intake-bench.ts";
import { openDraft, registerVersion, sendFiles } from "../../testing/register.ts";

const WEIGHTS = "adapter_model.safetensors";
const CONFIG = "adapter_config.json";
const folder = goodFolder("billing-helper");
const bytesOf = (name: string, from: Folder = folder): Uint8Array<ArrayBuffer> => from.get(name) ?? new Uint8Array();
const weights = bytesOf(WEIGHTS);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** An admin whose browser sends a cookie. */
const BROWSER: Actor = {
  kind: "user",
  userId: "usr_1",
  sessionId: "ses_1",
  email: "admin@example.com",
  name: "Admin",
  staffRole: "platform_admin",
  memberships: [],
};

let bench: IntakeBench;
beforeAll(async () => {
  bench = await createIntakeBench();
});
afterAll(() => bench.close());

type Send = { key?: string; headers?: Record<string, string>; body?: BodyInit; fileName?: string };
const call = (method: string, versionId: string, { key, headers, body, fileName = WEIGHTS }: Send = {}) =>
  bench.api.fetch(`/api/v1/uploads/${versionId}/${fileName}`, {
    method,
    headers: { authorization: `Bearer ${key ?? bench.api.adminKey}`, "tus-resumable": "1.0.0", ...headers },
    ...(body === undefined ? {} : { body, duplex: "half" }),
  } as RequestInit);
const patch = (versionId: string, at: number, body: BodyInit, more: Send = {}) =>
  call("PATCH", versionId, {
    ...more,
    body,
    headers: { "upload-offset": String(at), "content-type": "application/offset+octet-stream", ...more.headers },
  });
const offsetOf = async (reply: Response | Promise<Response>) => Number((await reply).headers.get("upload-offset"));
const head = (versionId: string) => offsetOf(call("HEAD", versionId));

const draft = async (files: Folder = folder): Promise<Version> =>
  openDraft(bench.api.admin, (await bench.freshAdapter()).adapter.id, files);
const fileOf = async (versionId: string, path = WEIGHTS) => {
  const version = await bench.api.admin.call("GET /versions/{versionId}", { params: { versionId } });
  return version.files.find((file) => file.path === path);
};
const incoming = (versionId: string) => join(bench.api.deps.adapterStore, ".incoming", versionId);
const complete = (versionId: string) =>
  bench.api.admin.call("POST /versions/{versionId}/complete", { params: { versionId } });

/** Sends so many bytes and then breaks off, as a connection does that is lost. */
function cutAfter(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let isSent = false;
  return new ReadableStream({
    pull(controller) {
      if (isSent) controller.error(new Error("connection reset"));
      else controller.enqueue(bytes);
      isSent = true;
    },
  });
}

describe("a resumable upload", () => {
  it("takes a file in chunks, hashes it on the way, and leaves one row in the trail", async () => {
    const { id } = await draft();
    expect(await head(id)).toBe(0);
    const third = Math.ceil(weights.length / 3);
    for (let at = 0; at < weights.length; at += third) {
      const reply = await patch(id, at, weights.slice(at, at + third));
      expect(reply.status).toBe(204);
      const after = Math.min(at + third, weights.length);
      expect(await offsetOf(reply)).toBe(after);
      expect(await fileOf(id)).toMatchObject({
        receivedBytes: after,
        sha256: after === weights.length ? sha256(weights) : null,
      });
      expect(await readdir(incoming(id))).toEqual([after === weights.length ? WEIGHTS : `${WEIGHTS}.partial`]);
    }
    expect((await patch(id, 0, bytesOf(CONFIG), { fileName: CONFIG })).status).toBe(204);
    expect((await complete(id)).state).toBe("ready");
    const actions = (await bench.actionsOn(id)).filter((action) => action === "version.receive_file");
    expect(actions).toHaveLength(folder.size);
  });

  it("that is cut keeps what arrived and goes on behind it", async () => {
    const { id } = await draft();
    await patch(id, 0, cutAfter(weights.slice(0, 40_000)));
    const kept = await head(id);
    expect(kept).toBe(40_000);
    expect(await fileOf(id)).toMatchObject({ receivedBytes: kept, sha256: null });
    expect((await patch(id, kept, weights.slice(kept))).status).toBe(204);
    expect(await fileOf(id)).toMatchObject({ sha256: sha256(weights) });
    expect(await readFile(join(incoming(id), WEIGHTS))).toEqual(Buffer.from(weights));
  });

  it("tells where the file stands when a chunk does not start there", async () => {
    const { id } = await draft();
    await patch(id, 0, weights.slice(0, 1000));
    for (const at of [0, 500, 2000]) {
      const reply = await patch(id, at, weights.slice(at, at + 1000));
      expect(reply.status).toBe(409);
      expect(await offsetOf(reply)).toBe(1000);
      expect(await reply.json()).toMatchObject({ code: "offset_differs" });
    }
    expect(await head(id)).toBe(1000);
  });

  it("takes the same chunk once, also from two writers at once", async () => {
    const { id } = await draft();
    const chunk = weights.slice(0, 50_000);
    const statuses = await Promise.all([1, 2, 3].map(async () => (await patch(id, 0, chunk)).status));
    expect(statuses.toSorted()).toEqual([204, 409, 409]);
    expect(await head(id)).toBe(50_000);
    expect((await patch(id, 0, chunk)).status).toBe(409);
  });

  it("goes on after the server was started again, with the digest of all bytes", async () => {
    const { id } = await draft();
    await patch(id, 0, weights.slice(0, 30_000));
    // A process that died while it appended: its claim stands, its hash state is gone.
    const dead = join(incoming(id), `${WEIGHTS}.partial-${hostname()}-999999-0a0b0c0d`);
    await rename(join(incoming(id), `${WEIGHTS}.partial`), dead);
    const restarted = createApp(bench.api.deps, async () => null);
    const reply = await restarted.fetch(
      new Request(`http://localhost/api/v1/uploads/${id}/${WEIGHTS}`, {
        method: "PATCH",
        headers: {
          authorization: `Bearer ${bench.api.adminKey}`,
          "tus-resumable": "1.0.0",
          "upload-offset": "30000",
          "content-type": "application/offset+octet-stream",
        },
        body: weights.slice(30_000),
      }),
    );
    expect(reply.status).toBe(204);
    expect(await fileOf(id)).toMatchObject({ sha256: sha256(weights) });
  });

  it("leaves a file to the process that is writing it, until that one falls silent", async () => {
    const { id } = await draft();
    await mkdir(incoming(id), { recursive: true });
    const claim = join(incoming(id), `${WEIGHTS}.partial-another-host-7-0a0b0c0d`);
    await writeFile(claim, weights.slice(0, 5000));
    const refused = await patch(id, 5000, weights.slice(5000));
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "upload_locked" });
    const before = new Date(Date.now() - 60_000);
    await utimes(claim, before, before);
    expect((await patch(id, 5000, weights.slice(5000))).status).toBe(204);
    expect(await fileOf(id)).toMatchObject({ sha256: sha256(weights) });
  });

  it("whose last reply was lost before the catalog knew is recorded when somebody asks", async () => {
    const { id } = await draft();
    await mkdir(incoming(id), { recursive: true });
    await writeFile(join(incoming(id), WEIGHTS), weights);
    expect(await head(id)).toBe(weights.length);
    expect(await fileOf(id)).toMatchObject({ receivedBytes: weights.length, sha256: sha256(weights) });
    await head(id);
    expect((await bench.actionsOn(id)).filter((action) => action === "version.receive_file")).toHaveLength(1);
  });

  it("takes no byte more than declared, and no chunk that is too large", async () => {
    const { id } = await draft();
    const tooLong = new Uint8Array([...weights, 0]);
    expect((await patch(id, 0, tooLong, { headers: { "content-length": String(tooLong.length) } })).status).toBe(413);
    const huge = await patch(id, 0, "x", { headers: { "content-length": String(65 * 1024 ** 2) } });
    expect(huge.status).toBe(413);
    expect(await huge.json()).toMatchObject({ code: "chunk_too_large" });
    expect(await head(id)).toBe(0);
  });

  it("whose bytes are not the promised ones is told so, and can be sent again", async () => {
    const { adapter } = await bench.freshAdapter();
    const files = [...folder].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength, sha256: sha256(bytes) }));
    const { id } = await bench.api.admin.call("POST /adapters/{adapterId}/versions", {
      params: { adapterId: adapter.id },
      body: { files },
    });
    const flipped = weights.slice().fill(0xff, -2);
    const refused = await patch(id, 0, flipped);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: "digest_differs", errors: [{ field: WEIGHTS }] });
    expect(await fileOf(id)).toMatchObject({ receivedBytes: 0, sha256: null });
    const params = { versionId: id, fileName: WEIGHTS };
    const put = bench.api.admin.call("PUT /versions/{versionId}/files/{fileName}", { params, stream: flipped });
    expect(await problemOf(put)).toMatchObject({ status: 422, code: "digest_differs" });
    expect((await patch(id, 0, weights)).status).toBe(204);
    expect((await patch(id, 0, bytesOf(CONFIG), { fileName: CONFIG })).status).toBe(204);
    expect((await complete(id)).state).toBe("ready");
  });

  it("of bytes that the tenant stores already needs nothing sent", async () => {
    const { adapter } = await bench.freshAdapter();
    const first = await registerVersion(bench.api.admin, adapter.id, folder);
    const files = [...folder].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength, sha256: sha256(bytes) }));
    const open = (adapterId: string) =>
      bench.api.admin.call("POST /adapters/{adapterId}/versions", { params: { adapterId }, body: { files } });
    const again = await open(adapter.id);
    expect(again.files.every((file) => file.receivedBytes === file.sizeBytes)).toBe(true);
    expect(await complete(again.id)).toMatchObject({ state: "ready", digest: first.digest, number: 2 });
    // another tenant is not told that somebody has them
    const elsewhere = await open((await bench.freshAdapter()).adapter.id);
    expect(elsewhere.files.every((file) => file.receivedBytes === 0 && file.sha256 === null)).toBe(true);
  });
});

describe("who may, and what for", () => {
  it("speaks to admins only, and never says whether another's draft exists", async () => {
    const { tenant, adapter } = await bench.freshAdapter();
    const { id } = await openDraft(bench.api.admin, adapter.id, folder);
    const other = await bench.freshAdapter();
    const keys = {
      viewer: await bench.api.keyWith(["tenant:read"], tenant.id),
      customer: await bench.api.keyWith(["tenant:admin"], tenant.id),
      stranger: await bench.api.keyWith(["tenant:admin"], other.tenant.id),
      operator: await bench.api.keyWith(["platform:operate"]),
    };
    for (const key of Object.values(keys)) {
      expect((await call("HEAD", id, { key })).status).toBe(403);
      expect((await patch(id, 0, weights, { key })).status).toBe(403);
    }
    const unsigned = await bench.api.fetch(`/api/v1/uploads/${id}/${WEIGHTS}`, { method: "HEAD" });
    expect(unsigned.status).toBe(401);
    expect(await head(id)).toBe(0);
  });

  it("takes a browser's bytes from our own pages only", async () => {
    const { id } = await draft();
    bench.api.signInAs(BROWSER);
    const send = (origin: string | null) =>
      bench.api.fetch(`/api/v1/uploads/${id}/${WEIGHTS}`, {
        method: "PATCH",
        headers: {
          host: "localhost",
          "tus-resumable": "1.0.0",
          "upload-offset": "0",
          "content-type": "application/offset+octet-stream",
          ...(origin === null ? {} : { origin }),
        },
        body: weights.slice(0, 10),
      });
    for (const origin of ["https://evil.example", null]) {
      const reply = await send(origin);
      expect(reply.status).toBe(403);
      expect((await reply.json()).code).toBe("bad_origin");
    }
    const ours = await send("http://localhost");
    expect(ours.status).toBe(204);
    for (const reply of [ours, await call("OPTIONS", id, { headers: { origin: "https://evil.example" } })])
      expect([...reply.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    bench.api.signInAs(null);
  });

  it("refuses files outside the manifest, finished drafts and requests that are not tus", async () => {
    const { id } = await draft();
    for (const fileName of ["tokenizer.json", "..%2f..%2fx", `${WEIGHTS}.partial`]) {
      const reply = await patch(id, 0, "x", { fileName });
      expect(reply.status).toBe(422);
      expect(await reply.json()).toMatchObject({ code: "unknown_file" });
    }
    expect((await patch(id, 0, "x", { headers: { "tus-resumable": "0.2.0" } })).status).toBe(400);
    expect((await patch(id, 0, "x", { headers: { "content-type": "text/plain" } })).status).toBe(400);
    expect((await call("GET", id)).status).toBe(404);
    const options = await bench.api.fetch(`/api/v1/uploads/${id}/${WEIGHTS}`, { method: "OPTIONS" });
    expect([options.status, options.headers.get("tus-version")]).toEqual([204, "1.0.0"]);
    await sendFiles(bench.api.admin, id, folder);
    await complete(id);
    const late = await patch(id, 0, weights);
    expect(late.status).toBe(409);
    expect(await late.json()).toMatchObject({ code: "not_a_draft" });
  });
});
