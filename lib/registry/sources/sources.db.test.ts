import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemRead } from "#lib/identity/ctx.ts";
import { goodFolder, withFile, withKey } from "../testing/adapter-folder.ts";
import { type FakeS3, type Fault, fail, KEY, startFakeS3 } from "../testing/fake-s3.ts";
import { createIntakeBench, errorsOf, type IntakeBench, problemOf } from "../testing/intake-bench.ts";
import { listSourceFolders } from "./list-source-folders.ts";

let bench: IntakeBench;
let s3: FakeS3;
let source: { id: string; generation: number };

const body = (change: object = {}) => ({
  name: "Exports",
  endpoint: s3.endpoint,
  region: s3.region,
  bucket: s3.bucket,
  prefix: "tenants",
  ...KEY,
  ...change,
});
const upload = (folder: string, files: ReadonlyMap<string, Uint8Array>) => {
  for (const [name, bytes] of files) s3.objects.set(`${folder}/${name}`, bytes);
};
beforeAll(async () => {
  bench = await createIntakeBench();
  s3 = await startFakeS3();
  upload("tenants/acme/bot", goodFolder("support-bot"));
  upload("tenants/globex/bot", goodFolder("billing-helper"));
  upload("tenants-private/initech/bot", goodFolder("billing-helper"));
  source = await bench.api.admin.call("POST /import-sources", { body: body() });
});
afterAll(async () => {
  await s3.close();
  await bench.close();
});
afterEach(() => {
  s3.faults.length = 0;
});

const test = (sourceId = source.id) =>
  bench.api.admin.call("POST /import-sources/{sourceId}/test", { params: { sourceId } });
const take = async (path: string, client = bench.api.admin) => {
  const { adapter } = await bench.freshAdapter();
  return client.call("POST /adapters/{adapterId}/versions/from-bucket", {
    params: { adapterId: adapter.id },
    body: { sourceId: source.id, path },
  });
};
const fault = (on: RegExp, times: number, answer: Fault["answer"]) => s3.faults.push({ on, times, answer });
const incoming = () => bench.incoming();

describe("an adapter in a bucket", () => {
  it("is streamed in, checked like any other, and its origin names the place and never the key", async () => {
    const version = await take("acme/bot");
    expect(errorsOf(version)).toEqual([]);
    expect(version).toMatchObject({ state: "ready", origin: { source: "s3://exports/tenants/acme/bot/" } });
    const uploaded = goodFolder("support-bot");
    expect(version.files.map(({ path }) => path).sort()).toEqual([...uploaded.keys()].sort());
    expect(await incoming()).toEqual([]);
    expect((await bench.actionsOn(version.id))[0]).toBe("version.accept");
    const { items } = await bench.api.admin.call("GET /import-sources", { query: {} });
    expect(items[0]?.lastUsedAt).not.toBeNull();
  });

  it("with what its trainer left is taken in without asking for any of that, and the report names it", async () => {
    upload("tenants/trained/bot", goodFolder("billing-helper"));
    for (const path of ["optimizer.pt", "training_args.bin", "checkpoint-10/adapter_model.bin"])
      s3.objects.set(`tenants/trained/bot/${path}`, new Uint8Array([1]));
    s3.asked.length = 0;
    const version = await take("trained/bot");
    expect(version.state).toBe("ready");
    const ignored = version.checkReport?.findings.find(({ code }) => code === "file_ignored")?.evidence[0]?.value;
    expect(ignored).toBe("optimizer.pt, training_args.bin, checkpoint-10/");
    expect(s3.asked.filter((key) => /optimizer|training_args|checkpoint/.test(key))).toEqual([]);
  });

  it("that fails its checks is rejected with every reason and loses its bytes", async () => {
    upload(
      "tenants/wrong/bot",
      withKey(
        goodFolder("support-bot"),
        "adapter_config.json",
        "base_model_name_or_path",
        "switchyard/tiny-llama-instruct",
      ),
    );
    const version = await take("wrong/bot");
    expect(version.state).toBe("rejected");
    expect(errorsOf(version).map(([code]) => code)).toContain("base_model_mismatch");
    expect(await incoming()).toEqual([]);
  });

  it("with a pickle is refused by the listing: not a byte of it is asked for", async () => {
    upload("tenants/pickled/bot", withFile(goodFolder("support-bot"), "adapter_model.bin", "x"));
    s3.asked.length = 0;
    const refused = await problemOf(take("pickled/bot"));
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.errors.map(({ field, code }) => [field, code])).toContainEqual([
      "adapter_model.bin",
      "pickle_refused",
    ]);
    expect(s3.asked).toHaveLength(1);
  });

  it.each([
    ["no folder", "nowhere/bot", "path_not_found"],
    ["a way out of the prefix", "../tenants-private/initech/bot", "invalid_format"],
    ["a folder that only starts like the prefix", "-private/initech/bot", "path_not_found"],
    ["the top of somebody's tree", "acme", "path_not_found"],
  ])("is refused for %s", async (_what, path, code) => {
    const refused = await problemOf(take(path));
    expect(refused.status).toBe(422);
    if (code === "invalid_format") expect(refused.errors[0]?.field).toBe("path");
    else expect(refused.errors).toMatchObject([{ field: "path", code }]);
    expect(await incoming()).toEqual([]);
  });
});

describe("a bucket that misbehaves", () => {
  it.each<[string, RegExp, number, Fault["answer"], number, string]>([
    ["forbids listing", /list-type/, 9, (response) => fail(response, 403, "AccessDenied"), 422, "source_forbidden"],
    ["forbids a file", /safetensors/, 9, (response) => fail(response, 403, "AccessDenied"), 422, "source_forbidden"],
    [
      "loses a file meanwhile",
      /safetensors/,
      9,
      (response) => fail(response, 404, "NoSuchKey"),
      422,
      "source_object_gone",
    ],
    ["is down", /list-type/, 9, (response) => fail(response, 503, "SlowDown"), 503, "source_unavailable"],
    ["hangs up in the middle, each time", /safetensors/, 9, cutOff, 503, "source_broken_off"],
    ["claims fewer bytes than it listed", /safetensors/, 9, shortened, 503, "source_broken_off"],
    [
      "sends us elsewhere",
      /list-type/,
      9,
      (response) =>
        fail(response, 301, "PermanentRedirect", {
          location: "http://169.254.169.254/",
          "x-amz-bucket-region": "us-west-2",
        }),
      422,
      "source_redirects",
    ],
    [
      "is a web page",
      /list-type/,
      9,
      (response) => void response.end("<!DOCTYPE html><p>Sign in"),
      503,
      "source_not_s3",
    ],
  ])("that %s is told as it is, and nothing stays behind", async (_what, on, times, answer, status, code) => {
    fault(on, times, answer);
    expect(await problemOf(take("acme/bot"))).toMatchObject({ status, code, fix: expect.stringMatching(/\w/) });
    expect(await incoming()).toEqual([]);
  });

  it("for a moment is asked again", async () => {
    fault(/list-type/, 1, (response) => fail(response, 500, "InternalError"));
    fault(/safetensors/, 1, cutOff);
    expect((await take("acme/bot")).state).toBe("ready");
  });

  it("ends with its caller: nothing is asked for any more", async () => {
    const { adapter } = await bench.freshAdapter();
    const caller = new AbortController();
    fault(/safetensors/, 1, () => caller.abort()); // and never answers
    const call = bench.api.admin.call("POST /adapters/{adapterId}/versions/from-bucket", {
      params: { adapterId: adapter.id },
      body: { sourceId: source.id, path: "acme/bot" },
      signal: caller.signal,
    });
    await expect(call).rejects.toThrow();
    const asked = s3.asked.length;
    await expect.poll(incoming).toEqual([]);
    expect(s3.asked).toHaveLength(asked);
  });
});

function cutOff(...[response, bytes]: Parameters<Fault["answer"]>): void {
  response.writeHead(200, { "content-length": bytes.byteLength });
  response.write(bytes.subarray(0, 1000), () => response.destroy());
}
function shortened(...[response, bytes]: Parameters<Fault["answer"]>): void {
  response.end(bytes.subarray(0, 1000));
}

describe("a source", () => {
  it("is tried without taking anything: folders below its prefix, or what is wrong", async () => {
    expect(await test()).toMatchObject({ ok: true, folders: expect.arrayContaining(["acme", "globex"]) });
    const wrong = await bench.api.admin.call("POST /import-sources", {
      body: body({ name: "Wrong secret", secretAccessKey: "another" }),
    });
    expect(await test(wrong.id)).toMatchObject({
      ok: false,
      message: expect.stringContaining("SignatureDoesNotMatch"),
    });
    const elsewhere = await bench.api.admin.call("POST /import-sources", {
      body: body({ name: "Wrong bucket", bucket: "no-such-bucket" }),
    });
    expect(await test(elsewhere.id)).toMatchObject({ ok: false, message: expect.stringContaining("no bucket") });
    const nobody = await bench.api.admin.call("POST /import-sources", {
      body: body({ name: "Nobody", endpoint: "http://127.0.0.1:9" }),
    });
    expect(await test(nobody.id)).toMatchObject({ ok: false, fix: expect.stringContaining("network") });
    expect(await problemOf(test("src_0198c0de7d0b7d3f8f1d2a6b3c4d5e6f"))).toMatchObject({ status: 404 });
  });

  it("lists folders page by page, and only below its prefix", async () => {
    const read = <T>(query: Parameters<typeof systemRead<T>>[2]) => systemRead<T>(bench.api.deps, "test", query);
    for (let n = 0; n < 1_100; n += 1) s3.objects.set(`tenants/many/t${n}/adapter_config.json`, new Uint8Array(1));
    const names = await listSourceFolders(read, { sourceId: source.id, path: "many" });
    expect(names).toHaveLength(1_100);
    expect(names.slice(0, 2)).toEqual(["t0", "t1"]);
    const top = await listSourceFolders(read, { sourceId: source.id, path: "" });
    expect(top).toEqual(["acme", "globex", "many", "pickled", "trained", "wrong"].filter((name) => top.includes(name)));
  });

  it("never shows its secret, and keeps it only for the endpoint and key it was given for", async () => {
    const created = await bench.api.admin.call("POST /import-sources", { body: body({ name: "Sealed" }) });
    const params = { sourceId: created.id };
    const renamed = await bench.api.admin.call("PATCH /import-sources/{sourceId}", {
      params,
      generation: created.generation,
      body: { name: "Sealed well" },
    });
    expect((await test(created.id)).ok).toBe(true);
    const move = (change: object) =>
      bench.api.admin.call("PATCH /import-sources/{sourceId}", {
        params,
        generation: renamed.generation,
        body: change,
      });
    for (const change of [{ endpoint: "http://127.0.0.1:9" }, { accessKeyId: "OTHER" }])
      expect((await problemOf(move(change))).errors).toMatchObject([
        { field: "secretAccessKey", code: "secret_needed" },
      ]);
    expect(await problemOf(move({ name: "Exports" }))).toMatchObject({ status: 409, code: "name_taken" });
    const trail = await bench.api.admin.call("GET /audit", { query: { objectId: created.id } });
    const row = await systemRead(bench.api.deps, "test", ({ tx }) =>
      tx.client.importSource.findUnique({ where: { id: created.id } }),
    );
    const all = JSON.stringify([created, renamed, trail, row, await test(created.id)]);
    expect(all).not.toContain(KEY.secretAccessKey);
    const stale = bench.api.admin.call("PATCH /import-sources/{sourceId}", {
      params,
      generation: 1,
      body: { name: "x" },
    });
    expect(await problemOf(stale)).toMatchObject({ status: 412 });
    await bench.api.admin.call("DELETE /import-sources/{sourceId}", { params });
    expect(await problemOf(bench.api.admin.call("DELETE /import-sources/{sourceId}", { params }))).toMatchObject({
      status: 404,
    });
    expect((await bench.actionsOn(created.id)).slice(0, 2)).toEqual(["source.delete", "source.update"]);
  });

  it.each([
    [{ endpoint: "http://169.254.169.254/" }, "endpoint", "forbidden_address"],
    [{ endpoint: "http://user:pw@10.0.0.1" }, "endpoint", "credentials_in_url"],
    [{ endpoint: "s3://bucket" }, "endpoint", "bad_scheme"],
    [{ bucket: "Not A Bucket" }, "bucket", null],
    [{ prefix: "/top" }, "prefix", null],
    [{ prefix: "a/../b" }, "prefix", null],
    [{ region: "eu central" }, "region", null],
    [{ secretAccessKey: "two words" }, "secretAccessKey", null],
  ])("is refused with %j, at its field", async (change, field, code) => {
    const refused = await problemOf(
      bench.api.admin.call("POST /import-sources", { body: body({ name: "Bad", ...change }) }),
    );
    expect(refused.status).toBe(422);
    expect(refused.errors).toMatchObject([{ field, ...(code ? { code } : {}) }]);
  });

  it("is for platform admins alone", async () => {
    const { tenant } = await bench.freshAdapter();
    const clients = [
      await bench.api.clientWith(["platform:operate"]),
      await bench.api.clientWith(["platform:read"]),
      await bench.api.clientWith(["tenant:admin"], tenant.id),
    ];
    for (const client of clients) {
      expect(await problemOf(client.call("GET /import-sources", { query: {} }))).toMatchObject({ status: 403 });
      expect(await problemOf(take("acme/bot", client))).toMatchObject({
        status: expect.toSatisfy((s) => s === 403 || s === 404),
      });
    }
  });
});

it("leaves no partial file in the store, whatever happened", async () => {
  const root = join(bench.api.deps.adapterStore, ".incoming");
  expect(await readdir(root, { recursive: true }).catch(() => [])).toEqual([]);
});
