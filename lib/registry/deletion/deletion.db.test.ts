import { mkdir, readdir, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ctx, systemWrite } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { moveRoute } from "../adapters/move-route.ts";
import { CHECK_ABANDONED_MS, reviveChecks } from "../intake/claim-draft.ts";
import { INTAKE_LOOP } from "../intake/loop.ts";
import { sweepIncoming } from "../intake/sweep-incoming.ts";
import type { Version } from "../schema.ts";
import { BASE } from "../testing/adapter-folder.ts";
import { createIntakeBench, type IntakeBench, problemOf } from "../testing/intake-bench.ts";
import { openDraft, registerVersion, sendFiles } from "../testing/register.ts";
import { keepFiles, releaseVersion, retainVersion } from "../versions/retain-version.ts";
import { collectArtifacts, collectOrphans } from "./collect-artifacts.ts";

let bench: IntakeBench;
let fence: { name: string; term: bigint };
beforeAll(async () => {
  bench = await createIntakeBench();
  const lease = createLease(bench.api.deps.db, { name: INTAKE_LOOP, holder: "test", ttlMs: 600_000 });
  fence = { name: INTAKE_LOOP, term: (await lease.acquire()) ?? 0n };
});
afterAll(() => bench.close());

const DAY_MS = 86_400_000;
const folder = (seed: string) =>
  writeSeededAdapter({ seed, baseModel: BASE.baseModel, baseConfig: BASE.configJson, rank: 16, alpha: 32 }).files;
const inside = <T>(work: (ctx: Ctx) => Promise<T>) => systemWrite(bench.api.deps, "test", work);
const nameOf = (version: Version) => `${version.tenantSlug}/${version.adapterSlug} v${version.number}`;
const params = ({ id }: Version) => ({ params: { versionId: id } });
const retire = (version: Version) => bench.api.admin.call("POST /versions/{versionId}/retire", params(version));
const preview = (version: Version) => bench.api.admin.call("GET /versions/{versionId}/deletion", params(version));
const remove = (version: Version, confirm = nameOf(version)) =>
  bench.api.admin.call("POST /versions/{versionId}/delete", { ...params(version), body: { confirm } });
const collect = () => collectArtifacts(bench.api.deps, fence);
const store = () => bench.api.deps.adapterStore;
const placesOf = (version: Version) =>
  readdir(join(store(), `${version.tenantSlug}--${version.adapterSlug}`)).catch(() => []);
const place = (version: Version) => version.digest?.slice(0, 12) ?? "";
const newVersion = async (seed: string) => {
  const { adapter } = await bench.freshAdapter();
  return registerVersion(bench.api.admin, adapter.id, folder(seed));
};

describe("deleting a version", () => {
  it("takes two steps and the name typed; the tombstone keeps number, name and digests, and the bytes go", async () => {
    const version = await newVersion("a");
    expect((await problemOf(remove(version))).code).toBe("version_not_retired");
    expect(await preview(version)).toMatchObject({ canDelete: false, typedName: nameOf(version) });
    await retire(version);
    expect(await preview(version)).toMatchObject({ canDelete: true, blockers: [], bytesGo: true, sharedWith: [] });
    expect((await problemOf(remove(version, "v1"))).errors).toMatchObject([
      { field: "confirm", code: "confirm_differs" },
    ]);
    const gone = await remove(version);
    expect(gone).toMatchObject({
      state: "deleted",
      status: "deleted",
      loraName: version.loraName,
      files: version.files,
    });
    expect(await placesOf(version)).toEqual([place(version)]); // removed after the commit, not in it
    expect(await collect()).toBe(1);
    expect(await placesOf(version)).toEqual([]);
    expect((await problemOf(remove(version))).code).toBe("already_deleted");
    const again = await registerVersion(bench.api.admin, version.adapterId, folder("a"));
    expect([again.number, again.state, again.digest]).toEqual([2, "ready", version.digest]);
    expect(again.loraName).not.toBe(version.loraName);
    expect(await placesOf(version)).toEqual([place(version)]);
    expect(await bench.actionsOn(version.id)).toContain("version.delete");
  });

  it("keeps bytes that another version has, and those of other tenants, until the last one goes", async () => {
    const version = await newVersion("b");
    const twin = await registerVersion(bench.api.admin, version.adapterId, folder("b"));
    const neighbour = await newVersion("b");
    await retire(version);
    expect(await preview(version)).toMatchObject({ bytesGo: false, sharedWith: ["support-bot v2"] });
    await remove(version);
    expect(await collect()).toBe(0);
    expect(await placesOf(version)).toEqual([place(version)]);
    await retire(twin);
    await remove(twin);
    expect(await collect()).toBe(1);
    expect(await placesOf(version)).toEqual([]);
    expect(await placesOf(neighbour)).toEqual([place(neighbour)]);
  });

  it("is refused while anything routes to it or retains it, each with where that ends", async () => {
    const version = await newVersion("c");
    const next = await registerVersion(bench.api.admin, version.adapterId, folder("c2"));
    const { adapterId } = version;
    await inside((ctx) => moveRoute(ctx, { adapterId, toVersionId: version.id, expectedLiveVersionId: null }));
    await inside(({ tx }) =>
      tx.client.adapterVersion.update({ where: { id: version.id }, data: { state: "quarantined" } }),
    );
    expect((await problemOf(remove(version))).code).toBe("version_live");
    await inside((ctx) => moveRoute(ctx, { adapterId, toVersionId: next.id, expectedLiveVersionId: version.id }));
    expect((await problemOf(remove(version))).code).toBe("version_previous");
    const other = await newVersion("c3");
    await inside((ctx) =>
      retainVersion(ctx, { versionId: other.id, holder: "run:run_1", reason: "A run compares it." }),
    );
    await inside((ctx) => keepFiles(ctx, other.id, true));
    const { blockers } = await preview(other);
    expect(blockers.map(({ code, href }) => [code, href])).toEqual([
      ["version_not_retired", null],
      ["version_in_use", "/evals/runs/run_1"],
      ["version_in_use", `/adapters/${other.adapterId}/versions/${other.id}/placements`],
    ]);
    await inside((ctx) => releaseVersion(ctx, { versionId: other.id, holder: "run:run_1" }));
    await retire(other); // its files may still be read: it may be retired, not deleted
    expect(await problemOf(remove(other))).toMatchObject({ status: 409, code: "version_in_use" });
    await inside((ctx) => keepFiles(ctx, other.id, false));
    expect((await remove(other)).state).toBe("deleted");
  });

  it("of a draft takes what had arrived along at once", async () => {
    const { adapter } = await bench.freshAdapter();
    const draft = await openDraft(bench.api.admin, adapter.id, folder("d"));
    await sendFiles(bench.api.admin, draft.id, folder("d"));
    await remove(draft);
    expect(await bench.incoming()).toContain(draft.id);
    await sweepIncoming(bench.api.deps, DAY_MS);
    expect(await bench.incoming()).not.toContain(draft.id);
  });

  it("is an admin's alone", async () => {
    const version = await newVersion("e");
    const operator = await bench.api.clientWith(["platform:operate"]);
    const customer = await bench.api.clientWith(["tenant:admin"], version.tenantId);
    const body = { confirm: nameOf(version) };
    for (const client of [operator, customer])
      expect(
        (await problemOf(client.call("POST /versions/{versionId}/delete", { ...params(version), body }))).status,
      ).toBe(403);
    expect((await problemOf(customer.call("GET /versions/{versionId}/deletion", params(version)))).status).toBe(403);
    expect((await operator.call("GET /versions/{versionId}/deletion", params(version))).canDelete).toBe(false);
  });
});

describe("a crash", () => {
  it("between the mark and the bytes, at either step, is finished by the next run", async () => {
    const version = await newVersion("f");
    await retire(version);
    await remove(version);
    // taken out of its place, and then the worker died
    await mkdir(join(store(), ".deleted"), { recursive: true });
    const parent = `${version.tenantSlug}--${version.adapterSlug}`;
    const out = join(store(), ".deleted", `${parent}.${place(version)}.${crypto.randomUUID()}`);
    await rename(join(store(), parent, place(version)), out);
    await collect();
    await collect();
    expect(await readdir(join(store(), ".deleted"))).toEqual([]);
    expect(await placesOf(version)).toEqual([]);
  });

  it("that left a directory out of its place while a version needs it puts it back", async () => {
    const version = await newVersion("g");
    await mkdir(join(store(), ".deleted"), { recursive: true });
    const parent = `${version.tenantSlug}--${version.adapterSlug}`;
    const out = join(store(), ".deleted", `${parent}.${place(version)}.${crypto.randomUUID()}`);
    await rename(join(store(), parent, place(version)), out);
    await collect();
    expect(await placesOf(version)).toEqual([place(version)]);
  });

  it("that left a directory which no version names is cleared after a day; what is not ours is never touched", async () => {
    const version = await newVersion("h");
    const parent = join(store(), `${version.tenantSlug}--${version.adapterSlug}`);
    const names = ["0123456789ab", "not-a-digest"];
    for (const name of names) await mkdir(join(parent, name));
    await mkdir(join(store(), "strange--adapter", "0123456789ab"), { recursive: true });
    await writeFile(join(parent, "0123456789ab", "adapter_config.json"), "{}");
    expect(await collectOrphans(bench.api.deps, fence, DAY_MS)).toBe(0);
    const old = new Date(Date.now() - 2 * DAY_MS);
    for (const path of [...names.map((name) => join(parent, name)), join(store(), "strange--adapter", "0123456789ab")])
      await utimes(path, old, old);
    expect(await collectOrphans(bench.api.deps, fence, DAY_MS)).toBe(1);
    expect((await placesOf(version)).sort()).toEqual([place(version), "not-a-digest"].sort());
    expect(await readdir(join(store(), "strange--adapter"))).toEqual(["0123456789ab"]);
  });
});

describe("checks", () => {
  const stateOf = async (version: Version) =>
    (await bench.api.admin.call("GET /versions/{versionId}", params(version))).state;
  const complete = (version: Version) => bench.api.admin.call("POST /versions/{versionId}/complete", params(version));
  const filledDraft = async (seed: string) => {
    const { adapter } = await bench.freshAdapter();
    const draft = await openDraft(bench.api.admin, adapter.id, folder(seed));
    await sendFiles(bench.api.admin, draft.id, folder(seed));
    return draft;
  };
  const markChecking = (version: Version, at: Date) =>
    bench.api.deps.db.write(platformScope, ({ client }) =>
      client.adapterVersion.update({ where: { id: version.id }, data: { state: "checking", stateChangedAt: at } }),
    );

  it("are made once: whoever asks meanwhile is told that they run", async () => {
    const draft = await filledDraft("i");
    const answers = await Promise.allSettled([complete(draft), complete(draft)]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const [refused] = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    expect(["check_in_progress", "not_a_draft"]).toContain(refused.problem.code);
    expect(await stateOf(draft)).toBe("ready");
  });

  it("whose process died leave a draft again after a minute, that can be completed", async () => {
    const draft = await filledDraft("j");
    await markChecking(draft, new Date());
    expect((await problemOf(complete(draft))).code).toBe("check_in_progress");
    expect((await problemOf(retire(draft))).code).toBe("check_in_progress");
    expect(await reviveChecks(bench.api.deps, fence)).toBe(0);
    await markChecking(draft, new Date(Date.now() - CHECK_ABANDONED_MS - 1));
    expect(await reviveChecks(bench.api.deps, fence)).toBe(1);
    expect((await complete(draft)).state).toBe("ready");
  });

  it("that cannot be made leave the draft as it was", async () => {
    const draft = await filledDraft("k");
    await rename(join(store(), ".incoming", draft.id), join(store(), ".incoming", "away"));
    expect((await problemOf(complete(draft))).code).toBe("bytes_changed");
    expect(await stateOf(draft)).toBe("draft");
    await rename(join(store(), ".incoming", "away"), join(store(), ".incoming", draft.id));
    expect((await complete(draft)).state).toBe("ready");
  });
});
