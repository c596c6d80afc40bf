import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { startNode } from "#lib/api/testing/fleet.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { Version } from "#lib/registry/schema.ts";
import { unlockStore } from "#lib/registry/testing/unlock-store.ts";
import { createFaultWorld, type FaultWorld, listedOn, postTo } from "../testing/fault-world.ts";

const LOAD = "/v1/load_lora_adapter";
let world: FaultWorld;

const placementOf = async (version: Version) => {
  const { items } = await world.api.admin.call("GET /placements", { query: { versionId: version.id } });
  const [placement] = items;
  if (!placement) throw new Error("nothing is placed");
  return placement;
};
const nodeOf = (name: string) => {
  const node = world.nodes.get(name);
  if (!node) throw new Error(`no node ${name}`);
  return node;
};
const directoryOf = async (version: Version) => {
  const row = await world.api.deps.db.read(platformScope, ({ client }) =>
    client.adapterVersion.findUnique({ where: { id: version.id } }),
  );
  return join(world.api.deps.adapterStore, row?.storePath ?? "");
};
const staged = async (slug: string) => {
  const version = await world.version(slug);
  await world.stage(version);
  return version;
};

describe("a pool whose nodes fetch their adapters", () => {
  beforeAll(async () => {
    world = await createFaultWorld(["n1"], { delivery: "fetch", verifies: true });
  });
  afterAll(() => world.close());

  /** The engine comes back, started with or without the plugin's setting. */
  const restart = (verifies: boolean) =>
    nodeOf("n1").restart({ downMs: 0, adapterDir: verifies ? world.api.deps.adapterStore : null });

  it("takes in no node that loads what it finds, and says how to put it right", async () => {
    const plain = await startNode("plain");
    const body = { poolId: world.poolId, name: "plain", baseUrl: plain.url };
    const refused = await world.api.admin.call("POST /nodes", { body }).catch((error: unknown) => error);
    if (!(refused instanceof ApiError)) throw new Error("the node was taken in");
    expect(refused.problem).toMatchObject({
      status: 422,
      errors: [{ code: "fetch_unverified", fix: expect.stringContaining("SWITCHYARD_ADAPTER_DIR=") }],
    });
    expect(await listedOn(plain)).toEqual([]);
    await plain.stop();
    const { findings } = await world.api.admin.call("GET /nodes/{nodeId}/report", {
      params: { nodeId: world.nodeIds.get("n1") ?? "" },
    });
    expect(findings.find(({ code }) => code === "delivery")).toMatchObject({ severity: "warning" });
  });

  it("routes to a load that the node's plugin proved", async () => {
    const version = await staged("proven");
    await world.settle();
    expect(await world.routable(version)).toEqual(["n1"]);
    expect(await world.problemsOf("n1", new Date(0))).toMatch(/load ok: .*node verified the bytes on its own disk/);
  });

  it("never routes to a load without proof: it is unloaded, and says how to put it right", async () => {
    const version = await staged("unproven");
    await restart(false);
    for (let pass = 0; pass < 4; pass += 1) {
      await world.resync();
      expect(await world.routable(version)).toEqual([]);
    }
    expect(await placementOf(version)).toMatchObject({
      state: "failed",
      reason: "digest_unproven",
      message: expect.stringContaining("SWITCHYARD_ADAPTER_DIR="),
      probe: null,
    });
    expect(await listedOn(nodeOf("n1"))).toEqual([]);
    await restart(true);
    await world.settle();
    expect(await world.routable(version)).toEqual(["n1"]);
  });

  it("trusts no name of ours that was loaded behind its back, or whose proof was lost on the way", async () => {
    const byHand = await world.version("by-hand");
    await postTo(nodeOf("n1"), LOAD, { lora_name: byHand.loraName, lora_path: await directoryOf(byHand) });
    await world.stage(byHand);
    nodeOf("n1").inject({ kind: "reset", path: LOAD, times: 1 });
    const since = world.clock.now();
    await world.settle();
    expect(await world.routable(byHand)).toEqual(["n1"]);
    expect(await world.problemsOf("n1", since)).toMatch(/without a proof of the bytes/);
  });
});

describe.each([
  { verifies: false, name: "without the plugin" },
  { verifies: true, name: "with the plugin" },
])("a shared store, $name", ({ verifies }) => {
  beforeAll(async () => {
    world = await createFaultWorld(["n1"], { verifies });
  });
  afterAll(() => world.close());

  /** The worker's view of the world, in which something happens right before and right after the node's first load. */
  const around = (deps: Deps, before: () => Promise<void>, after: () => Promise<void>): Deps => {
    let isFirst = true;
    const request: Deps["outbound"]["request"] = async (url, options) => {
      const isIt = isFirst && new URL(url).pathname === LOAD;
      if (!isIt) return deps.outbound.request(url, options);
      isFirst = false;
      await before();
      const reply = await deps.outbound.request(url, options);
      await after();
      return reply;
    };
    return { ...deps, outbound: { ...deps.outbound, request } };
  };
  const rewriter = async (version: Version) => {
    const file = join(await directoryOf(version), "adapter_model.safetensors");
    const right = await readFile(file);
    const wrong = Uint8Array.from(right);
    wrong.set([1, 2, 3, 4], wrong.byteLength - 4);
    await unlockStore(world.api.deps.adapterStore);
    await chmod(file, 0o644);
    return { tamper: () => writeFile(file, wrong), restore: () => writeFile(file, right) };
  };
  const nothing = async () => {};

  it("serves no bytes that were changed between their verification and the load", async () => {
    const version = await staged("tampered");
    const { tamper } = await rewriter(version);
    await world.resync(around(world.api.deps, tamper, nothing));
    expect(await world.routable(version)).toEqual([]);
    expect(await listedOn(nodeOf("n1"))).toEqual([]);
    world.clock.leap(3_600_000);
    await world.resync();
    const { state } = await world.api.admin.call("GET /versions/{versionId}", { params: { versionId: version.id } });
    expect(state).toBe("quarantined");
    await world.unstage(version);
  });

  it("serves none that were put right again before anybody polled", async () => {
    const version = await staged("flickering");
    const { tamper, restore } = await rewriter(version);
    const since = world.clock.now();
    await world.resync(around(world.api.deps, tamper, restore));
    expect(await world.problemsOf("n1", since)).toMatch(verifies ? /digest_mismatch/ : /The stored files changed/);
    world.clock.leap(3_600_000);
    await world.settle();
    expect(await world.routable(version)).toEqual(["n1"]);
  });

  it("is not read while there is nothing to be loaded: neither bytes nor lists of files", async () => {
    const version = await staged("idle");
    await world.settle();
    const { adapterStore } = world.api.deps;
    const admin = new pg.Client({ connectionString: world.api.databaseUrl });
    await admin.connect();
    await admin.query('REVOKE SELECT ON "VersionFile" FROM switchyard_platform');
    await rename(adapterStore, `${adapterStore}.away`);
    try {
      const since = world.clock.now();
      await world.resync();
      expect(await world.problemsOf("n1", since)).toBe("");
      expect(await world.routable(version)).toEqual(["n1"]);
    } finally {
      await rename(`${adapterStore}.away`, adapterStore);
      await admin.query('GRANT SELECT ON "VersionFile" TO switchyard_platform');
      await admin.end();
    }
  });
});
