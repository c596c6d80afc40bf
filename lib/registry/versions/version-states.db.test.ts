import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { type Ctx, systemWrite } from "#lib/identity/ctx.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { moveRoute } from "../adapters/move-route.ts";
import { sweepIncoming } from "../intake/sweep-incoming.ts";
import { quarantineVersion } from "../integrity/quarantine-version.ts";
import { BASE } from "../testing/adapter-folder.ts";
import { addAdapter, addPool, openDraft, registerVersion, sendFiles } from "../testing/register.ts";
import { unlockStore } from "../testing/unlock-store.ts";
import { releaseVersion, retainVersion } from "./retain-version.ts";

let api: TestApi;
let poolId: string;
beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, "pool", "/data/adapters")).id;
});
afterAll(async () => {
  await unlockStore(api.deps.adapterStore);
  await api.close();
});

const folder = (seed: string) =>
  writeSeededAdapter({ seed, baseModel: BASE.baseModel, baseConfig: BASE.configJson, rank: 16, alpha: 32 }).files;
const inside = <T>(work: (ctx: Ctx) => Promise<T>) => systemWrite(api.deps, "test", work);
const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error) => (error instanceof ApiError ? error.problem.code : error.reason),
  );
const retire = (versionId: string) => api.admin.call("POST /versions/{versionId}/retire", { params: { versionId } });
const read = (versionId: string) => api.admin.call("GET /versions/{versionId}", { params: { versionId } });
const twoVersions = async (tenant: string) => {
  const { adapter } = await addAdapter(api.admin, tenant, poolId);
  const [one, two] = [
    await registerVersion(api.admin, adapter.id, folder("1")),
    await registerVersion(api.admin, adapter.id, folder("2")),
  ];
  return { adapterId: adapter.id, one, two };
};

describe("moveRoute", () => {
  it("moves one pointer and remembers where it stood", async () => {
    const { adapterId, one, two } = await twoVersions("moves");
    await inside((ctx) => moveRoute(ctx, { adapterId, toVersionId: one.id, expectedLiveVersionId: null }));
    const moved = await inside((ctx) =>
      moveRoute(ctx, { adapterId, toVersionId: two.id, expectedLiveVersionId: one.id }),
    );
    expect(moved.route).toMatchObject({
      liveVersionId: two.id,
      liveVersionNumber: 2,
      previousVersionId: one.id,
      previousVersionNumber: 1,
      generation: 3,
    });
    expect((await read(two.id)).aliases).toEqual(["live"]);
    expect((await read(one.id)).aliases).not.toContain("live");
  });

  it("lets one of two callers win, and refuses whoever saw an older state", async () => {
    const { adapterId, one, two } = await twoVersions("races");
    const move = (toVersionId: string) =>
      inside((ctx) => moveRoute(ctx, { adapterId, toVersionId, expectedLiveVersionId: null }));
    const reasons = await Promise.all([reasonOf(move(one.id)), reasonOf(move(two.id))]);
    expect(reasons.filter((reason) => reason === null)).toHaveLength(1);
    expect(reasons).toContain("route_moved");
  });

  it("never points at a version that is not ready, or another adapter's", async () => {
    const { adapterId, one } = await twoVersions("unready");
    const other = await twoVersions("stranger");
    const draft = await openDraft(api.admin, adapterId, folder("3"));
    const move = (toVersionId: string) =>
      inside((ctx) => moveRoute(ctx, { adapterId, toVersionId, expectedLiveVersionId: null }));
    expect(await reasonOf(move(draft.id))).toBe("version_not_ready");
    expect(await reasonOf(move(other.one.id))).toBe("not_found");
    await retire(one.id);
    expect(await reasonOf(move(one.id))).toBe("version_not_ready");
  });
});

describe("retiring", () => {
  it("is refused while the version is live or somebody holds it, naming who", async () => {
    const { adapterId, one, two } = await twoVersions("holders");
    await inside((ctx) => moveRoute(ctx, { adapterId, toVersionId: one.id, expectedLiveVersionId: null }));
    expect(await reasonOf(retire(one.id))).toBe("version_live");
    const hold = { versionId: two.id, holder: "run:1", reason: "evaluation run 1" };
    await inside((ctx) => retainVersion(ctx, hold));
    await inside((ctx) => retainVersion(ctx, hold));
    const error = await retire(two.id).catch((thrown: unknown) => thrown);
    expect(error instanceof ApiError && error.problem).toMatchObject({
      status: 409,
      code: "version_in_use",
      detail: expect.stringContaining("evaluation run 1"),
    });
    await inside((ctx) => releaseVersion(ctx, { versionId: two.id, holder: "run:1" }));
    await inside((ctx) => releaseVersion(ctx, { versionId: two.id, holder: "run:1" }));
    expect((await retire(two.id)).state).toBe("retired");
    expect(await reasonOf(retire(two.id))).toBe("already_retired");
    expect(await reasonOf(inside((ctx) => retainVersion(ctx, hold)))).toBe("version_not_ready");
  });

  it("of a draft takes its bytes along; of a ready version leaves them, since a node may still read them", async () => {
    const { adapterId, one } = await twoVersions("bytes");
    const draft = await openDraft(api.admin, adapterId, folder("4"));
    await sendFiles(api.admin, draft.id, folder("4"));
    await retire(draft.id);
    await sweepIncoming(api.deps, 86_400_000);
    expect(await readdir(join(api.deps.adapterStore, ".incoming"))).not.toContain(draft.id);
    await retire(one.id);
    expect(await readdir(join(api.deps.adapterStore, `bytes--support-bot`))).toContain(one.digest?.slice(0, 12));
  });
});

describe("quarantine", () => {
  it("bars a version for good, with one audit row and the reason", async () => {
    const { one } = await twoVersions("barred");
    const bar = () => inside((ctx) => quarantineVersion(ctx, { versionId: one.id, reason: "bytes changed on disk" }));
    expect((await bar()).state).toBe("quarantined");
    expect((await bar()).state).toBe("quarantined");
    const entries = (await api.admin.call("GET /audit", { query: { objectId: one.id } })).items;
    expect(entries.filter(({ action }) => action === "version.quarantine")).toMatchObject([
      { reason: "bytes changed on disk" },
    ]);
    expect(await reasonOf(inside((ctx) => retainVersion(ctx, { versionId: one.id, holder: "x", reason: "x" })))).toBe(
      "version_not_ready",
    );
  });
});
