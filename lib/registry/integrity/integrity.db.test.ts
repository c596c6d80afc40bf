import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import type { Version } from "../schema.ts";
import { BASE } from "../testing/adapter-folder.ts";
import { createIntakeBench, type IntakeBench, problemOf } from "../testing/intake-bench.ts";
import { registerVersion } from "../testing/register.ts";
import { scrubRound } from "./scrub-round.ts";

let bench: IntakeBench;
let term: bigint;
beforeAll(async () => {
  bench = await createIntakeBench();
  term = await takeLease("test");
});
afterAll(() => bench.close());

const WEIGHTS = "adapter_model.safetensors";
const DAY_MS = 86_400_000;
const folder = (seed: string) =>
  writeSeededAdapter({ seed, baseModel: BASE.baseModel, baseConfig: BASE.configJson, rank: 16, alpha: 32 }).files;
const takeLease = async (holder: string): Promise<bigint> => {
  const taken = await createLease(bench.api.deps.db, { name: "scrub", holder, ttlMs: 1 }).acquire();
  if (taken === null) throw new Error("the lease is held");
  return taken;
};
const read = (versionId: string) => bench.api.admin.call("GET /versions/{versionId}", { params: { versionId } });
const verify = (versionId: string, client = bench.api.admin) =>
  client.call("POST /versions/{versionId}/verify", { params: { versionId } });
const store = () => bench.api.admin.call("GET /store", {});
const scrub = (fence = { name: "scrub", term }) => scrubRound(bench.api.deps, fence, new AbortController().signal);
const age = (versionIds: string[], ms = DAY_MS) =>
  systemWrite(bench.api.deps, "test", ({ tx }) =>
    tx.client.adapterVersion.updateMany({
      where: { id: { in: versionIds } },
      data: { verifiedAt: new Date(Date.now() - ms) },
    }),
  );
const directoryOf = async (version: Version) =>
  join(bench.api.deps.adapterStore, (await bench.loadable(version.id))?.storePath ?? "none");
const fresh = async (seed: string) => {
  const { adapter, tenant } = await bench.freshAdapter();
  return { adapter, tenant, version: await registerVersion(bench.api.admin, adapter.id, folder(seed)) };
};
const flipByte = async (version: Version) => {
  const file = join(await directoryOf(version), WEIGHTS);
  const bytes = await readFile(file);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  await chmod(file, 0o644);
  await writeFile(file, bytes);
};
/** The store's share is not mounted: an empty folder stands in its place. */
const whileUnmounted = async (work: () => Promise<void>) => {
  const { adapterStore } = bench.api.deps;
  await rename(adapterStore, `${adapterStore}-away`);
  await mkdir(adapterStore);
  try {
    await work();
  } finally {
    await rm(adapterStore, { recursive: true });
    await rename(`${adapterStore}-away`, adapterStore);
  }
};

describe("the scrubber", () => {
  it("proves what is due, the longest unproven first, and leaves the rest alone", async () => {
    const [old, recent] = [await fresh("old"), await fresh("recent")];
    expect(old.version.verifiedAt).not.toBeNull();
    await age([old.version.id]);
    expect(await scrub()).toEqual({ proven: 1, quarantined: 0, unreadable: [] });
    expect(Date.parse((await read(old.version.id)).verifiedAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
    expect((await read(recent.version.id)).verifiedAt).toBe(recent.version.verifiedAt);
    expect(await scrub()).toEqual({ proven: 0, quarantined: 0, unreadable: [] });
  });

  it("quarantines every version of the tenant with a flipped bit, once, and no other tenant's", async () => {
    const { adapter, version: one } = await fresh("flipped");
    const two = await registerVersion(bench.api.admin, adapter.id, folder("flipped"));
    const theirs = (await fresh("flipped")).version;
    expect([two.digest, theirs.digest]).toEqual([one.digest, one.digest]);
    await flipByte(one);
    await age([one.id, two.id, theirs.id]);
    expect(await scrub()).toMatchObject({ proven: 1, quarantined: 1 });
    for (const { id } of [one, two])
      expect(await read(id)).toMatchObject({
        state: "quarantined",
        stateChangedAt: expect.any(String),
        stateReason: expect.stringMatching(
          /^adapter_model\.safetensors is not what was registered\. Expected \w{12}…, /,
        ),
      });
    expect((await read(theirs.id)).state).toBe("ready");
    const trail = (await bench.api.admin.call("GET /audit", { query: { tenantId: one.tenantId } })).items;
    const rows = trail.filter(({ action }) => action === "version.quarantine");
    expect(rows).toMatchObject([
      { after: { file: WEIGHTS, problem: "changed", versions: [{ id: one.id }, { id: two.id }] } },
    ]);
    expect(await scrub()).toMatchObject({ quarantined: 0 });
  });

  it.each<[string, (directory: string) => Promise<unknown>, RegExp]>([
    ["a missing file", (directory) => rm(join(directory, WEIGHTS)), /is not there any more/],
    ["an added file", (directory) => writeFile(join(directory, "extra.bin"), "x"), /does not belong/],
    ["a missing directory", (directory) => rename(directory, `${directory}-gone`), /directory is not there/],
  ])("quarantines for %s", async (what, change, reason) => {
    const { version } = await fresh(what);
    const directory = await directoryOf(version);
    await chmod(directory, 0o755);
    await change(directory);
    await age([version.id]);
    expect(await scrub()).toMatchObject({ quarantined: 1 });
    expect(await read(version.id)).toMatchObject({ state: "quarantined", stateReason: expect.stringMatching(reason) });
  });

  it("quarantines nothing while the store is not mounted, says so, and nobody publishes into the empty folder", async () => {
    const { adapter, version } = await fresh("unmounted");
    await age([version.id]);
    expect((await store()).state).toBe("ok");
    await whileUnmounted(async () => {
      await expect(scrub()).rejects.toThrow("mounted");
      expect(await store()).toMatchObject({ state: "unavailable", message: expect.stringContaining("mounted") });
      expect(await problemOf(verify(version.id))).toMatchObject({ status: 503, code: "files_unreadable" });
      const refused = await problemOf(registerVersion(bench.api.admin, adapter.id, folder("too early")));
      expect(refused).toMatchObject({ status: 503, code: "store_unavailable" });
      expect((await readdir(bench.api.deps.adapterStore)).filter((name) => !name.startsWith("."))).toEqual([]);
    });
    expect((await read(version.id)).state).toBe("ready");
    expect(await scrub()).toMatchObject({ proven: 1, quarantined: 0 });
    expect((await store()).state).toBe("ok");
  });

  it("changes nothing once another worker has the loop", async () => {
    const { version } = await fresh("fenced");
    await flipByte(version);
    await age([version.id]);
    await expect(scrub({ name: "scrub", term: term - 1n })).rejects.toMatchObject({ reason: "lease_lost" });
    expect((await read(version.id)).state).toBe("ready");
    expect(await scrub()).toMatchObject({ quarantined: 1 });
  });
});

describe("verifying by hand", () => {
  it("notes the proof, as often as it is asked for, in the trail too", async () => {
    const { version } = await fresh("by hand");
    await age([version.id]);
    const first = await verify(version.id);
    expect(first).toMatchObject({ state: "ready", generation: version.generation });
    expect(Date.parse(first.verifiedAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
    await verify(version.id);
    expect((await bench.actionsOn(version.id)).slice(0, 2)).toEqual(["version.verify", "version.verify"]);
  });

  it("quarantines what is wrong, and then has nothing to verify", async () => {
    const { version } = await fresh("by hand, wrong");
    await flipByte(version);
    expect(await verify(version.id)).toMatchObject({ state: "quarantined", stateReason: expect.any(String) });
    expect(await problemOf(verify(version.id))).toMatchObject({ status: 409, code: "nothing_stored" });
    expect((await bench.actionsOn(version.id)).slice(0, 1)).toEqual(["version.quarantine"]);
  });

  it("is for platform admins; the store's state for staff", async () => {
    const { tenant, version } = await fresh("who");
    const operator = await bench.api.clientWith(["platform:operate"]);
    const customer = await bench.api.clientWith(["tenant:admin"], tenant.id);
    expect(await problemOf(verify(version.id, operator))).toMatchObject({ status: 403 });
    expect(await problemOf(verify(version.id, customer))).toMatchObject({ status: 403 });
    expect(await problemOf(customer.call("GET /store", {}))).toMatchObject({ status: 403 });
    expect((await operator.call("GET /store", {})).state).toBe("ok");
  });
});

it("the same files become a new version after a quarantine: right bytes take the place of the damaged ones", async () => {
  const { adapter, version } = await fresh("mended");
  const directory = await directoryOf(version);
  await flipByte(version);
  const early = await problemOf(registerVersion(bench.api.admin, adapter.id, folder("mended")));
  expect(early).toMatchObject({ status: 503, code: "store_damaged", fix: expect.stringContaining("verified") });
  await verify(version.id);
  const again = await registerVersion(bench.api.admin, adapter.id, folder("mended"));
  expect(again).toMatchObject({ state: "ready", digest: version.digest });
  expect(await directoryOf(again)).toBe(directory);
  expect((await verify(again.id)).state).toBe("ready");
  expect((await read(version.id)).state).toBe("quarantined");
  expect(await readdir(join(bench.api.deps.adapterStore, ".damaged"))).toHaveLength(1);
});

it("a version keeps the norms of its modules, and what was proven counts in the store's figures", async () => {
  const { version } = await fresh("norms");
  const row = await systemRead(bench.api.deps, "test", ({ tx }) =>
    tx.client.adapterVersion.findUnique({ where: { id: version.id }, select: { moduleNorms: true } }),
  );
  const norms = row?.moduleNorms as Record<string, [number, number]>;
  expect(Object.keys(norms)).toHaveLength(14);
  expect(norms["model.layers.0.self_attn.q_proj"]).toEqual([expect.any(Number), expect.any(Number)]);
  expect(Object.values(norms).every(([a, b]) => a > 0 && b > 0)).toBe(true);
  const { versions, verified, quarantined, bytes, oldestVerifiedAt } = await store();
  expect(verified).toBe(versions);
  expect(quarantined).toBeGreaterThan(4);
  expect(bytes).toBeGreaterThan(version.sizeBytes);
  expect(oldestVerifiedAt).not.toBeNull();
});
