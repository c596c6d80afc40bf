import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTwoTenants, type TwoTenants } from "#lib/api/testing/two-tenants.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { manifestDigest, storePathOf } from "#lib/registry/artifacts/store-layout.ts";
import { unlockStore } from "#lib/registry/testing/unlock-store.ts";
import type { ArtifactManifest } from "../schema.ts";

/** What a node gets with its own key: the bytes of what is placed on it. */
let both: TwoTenants;
let nodeKey: string;
let digest: string;
let storePath: string;

beforeAll(async () => {
  both = await createTwoTenants();
  nodeKey = await makeKey();
  ({ digest, storePath } = await versionOf(both.alpha.versionId));
});
afterAll(() => both.close());

const makeKey = async () =>
  (await both.world.admin.call("POST /nodes/{nodeId}/key", { params: { nodeId: both.world.node.id } })).key;
async function versionOf(versionId: string) {
  const version = await both.world.admin.call("GET /versions/{versionId}", { params: { versionId } });
  const { digest: found, tenantSlug, adapterSlug } = version;
  if (found === null) throw new Error("not ready");
  return { digest: found, storePath: storePathOf({ tenantSlug, adapterSlug, digest: found }) };
}
const ask = (path: string, headers: Record<string, string> = {}, key = nodeKey) =>
  both.world.api.fetch(`/api/v1/artifacts/${path}`, { headers: { authorization: `Bearer ${key}`, ...headers } });

describe("a node", () => {
  it("reads the manifest of what is placed on it, which proves itself", async () => {
    for (const name of [digest, digest.slice(0, 12)]) {
      const reply = await ask(name);
      expect(reply.status).toBe(200);
      const manifest = (await reply.json()) as ArtifactManifest;
      expect(manifest.digest).toBe(digest);
      expect(manifestDigest(manifest.files)).toBe(digest);
    }
  });

  it("reads every file, whole and in parts", async () => {
    const { files } = (await (await ask(digest)).json()) as ArtifactManifest;
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const reply = await ask(`${digest}/files/${file.path}`);
      expect(reply.headers.get("content-length")).toBe(String(file.sizeBytes));
      const bytes = new Uint8Array(await reply.arrayBuffer());
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(file.sha256);
      const half = Math.floor(file.sizeBytes / 2);
      const rest = await ask(`${digest}/files/${file.path}`, {
        range: `bytes=${half}-`,
        "if-range": `"${file.sha256}"`,
      });
      expect(rest.status).toBe(206);
      expect(new Uint8Array(await rest.arrayBuffer())).toEqual(bytes.subarray(half));
    }
  });

  it("finds nothing else, and cannot leave the version's own files", async () => {
    const other = "f".repeat(64);
    const names = [
      ...[other, digest.slice(0, 11), digest.toUpperCase(), `${digest}0`, "%", "..", "adapter"],
      ...[other, digest].flatMap((name) =>
        ["../../secret", "..%2F..%2Fsecret", "%2Fetc%2Fpasswd", "adapter_config.json%00", ".", "..", "nothing.bin"].map(
          (path) => `${name}/files/${path}`,
        ),
      ),
    ];
    for (const name of names) {
      const reply = await ask(name);
      expect([404, 422], name).toContain(reply.status);
      expect(await reply.text(), name).not.toContain("root:");
    }
  });

  it("gets no version that is not wanted on it any more", async () => {
    const { beta, world } = both;
    const { digest: own } = await versionOf(beta.versionId);
    // both tenants registered the same bytes: it is enough that one of them is placed here
    expect(own).toBe(digest);
    const setDesire = (tenantId: string, desire: "present" | "absent") =>
      world.db.write(platformScope, ({ client }) =>
        client.placement.updateMany({ where: { tenantId }, data: { desire } }),
      );
    await setDesire(beta.tenantId, "absent");
    expect((await ask(digest)).status).toBe(200);
    await setDesire(both.alpha.tenantId, "absent");
    expect((await ask(digest)).status).toBe(404);
    expect((await ask(`${digest}/files/adapter_config.json`)).status).toBe(404);
    await setDesire(both.alpha.tenantId, "present");
    await setDesire(beta.tenantId, "present");
  });

  it("gets no quarantined version", async () => {
    const setState = (state: "ready" | "quarantined") =>
      both.world.db.write(platformScope, ({ client }) =>
        client.adapterVersion.updateMany({ where: { digest }, data: { state } }),
      );
    await setState("quarantined");
    expect((await ask(digest)).status).toBe(404);
    await setState("ready");
  });

  it("is told when a stored file is not what it should be, before a byte of it", async () => {
    const { api } = both.world;
    await unlockStore(api.deps.adapterStore);
    // beta's version is a copy of rows, so alpha's files are the only ones
    await truncate(join(api.deps.adapterStore, storePath, "adapter_config.json"), 3);
    const reply = await ask(`${digest}/files/adapter_config.json`);
    expect([reply.status, (await reply.json()).code]).toEqual([503, "files_unreadable"]);
    await writeFile(join(api.deps.adapterStore, storePath, "adapter_config.json"), "{}");
  });
});

describe("anyone else", () => {
  it("gets nothing: not staff, not the tenant whose version it is, not another node's key", async () => {
    const { api, admin } = both.world;
    const path = `${digest}/files/adapter_model.safetensors`;
    const keys = [
      api.adminKey,
      await api.keyWith(["platform:operate"]),
      await api.keyWith(["tenant:admin"], both.alpha.tenantId),
      await api.keyWith(["inference"], both.alpha.tenantId),
    ];
    for (const key of keys) {
      expect((await ask(digest, {}, key)).status).toBe(403);
      expect((await ask(path, {}, key)).status).toBe(403);
    }
    const [pool] = (await admin.call("GET /pools", { query: {} })).items;
    if (!pool) throw new Error("no pool");
    const nodeId = "node_00000000000000000000000000000001";
    await both.world.db.write(platformScope, ({ client }) =>
      client.node.create({
        data: { id: nodeId, poolId: pool.id, name: "empty", baseUrl: "http://127.0.0.1:2", conditions: [] },
      }),
    );
    const { key } = await admin.call("POST /nodes/{nodeId}/key", { params: { nodeId } });
    expect((await ask(digest, {}, key)).status).toBe(404);
    expect((await ask(path, {}, key)).status).toBe(404);
  });
});

describe("a node's key", () => {
  it("cannot be asked for by its scope", async () => {
    const body = { name: "x", scopes: ["artifacts:read"] };
    const reply = await both.world.api.fetch("/api/v1/keys", {
      method: "POST",
      headers: { authorization: `Bearer ${both.world.api.adminKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(reply.status).toBe(422);
  });

  it("ends when the next one is made, and when it is revoked", async () => {
    const second = await makeKey();
    expect((await ask(digest)).status).toBe(401);
    expect((await ask(digest, {}, second)).status).toBe(200);
    const { items } = await both.world.admin.call("GET /keys", { query: { limit: 100 } });
    const [current] = items.filter(({ name, revokedAt }) => name === `node ${both.world.node.name}` && !revokedAt);
    if (!current) throw new Error("the key is not listed");
    await both.world.admin.call("POST /keys/{keyId}/revoke", { params: { keyId: current.id } });
    expect((await ask(digest, {}, second)).status).toBe(401);
  });
});
