import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { goodFolder, withKey } from "../testing/adapter-folder.ts";
import { addVersionRow } from "../testing/add-version-row.ts";
import { addAdapter, addPool, registerVersion } from "../testing/register.ts";
import { unlockStore } from "../testing/unlock-store.ts";

let api: TestApi;
let adapterId: string;
let tenantId: string;
let first: string;
let second: string;
let foreign: string;
const MODULE = "model.layers.0.self_attn.q_proj";

const norms = (versionId: string, b: number) =>
  api.deps.db.write(platformScope, ({ client }) =>
    client.adapterVersion.update({ where: { id: versionId }, data: { moduleNorms: { [MODULE]: [1, b] } } }),
  );

beforeAll(async () => {
  api = await createTestApi();
  const poolId = (await addPool(api.admin, "pool", "/data/adapters")).id;
  const mine = await addAdapter(api.admin, "acme", poolId);
  const other = await addAdapter(api.admin, "globex", poolId);
  [adapterId, tenantId] = [mine.adapter.id, mine.tenant.id];
  const folder = goodFolder("billing-helper");
  first = (await registerVersion(api.admin, adapterId, folder)).id;
  second = (await registerVersion(api.admin, adapterId, withKey(folder, "adapter_config.json", "lora_alpha", 64))).id;
  foreign = await addVersionRow(api.deps, other.adapter.id, { number: 1, state: "ready" });
  await norms(first, 2);
  await norms(second, 2);
}, 30_000);
afterAll(() => api.close());

const compare = (a: string, b: string) => api.admin.call("GET /versions/compare", { query: { a, b } });
const changed = (rows: readonly { key: string; same: boolean }[] | null) =>
  rows?.filter(({ same }) => !same).map(({ key }) => key);

describe("comparing two versions", () => {
  it("reads both configs from the store: twice the alpha is twice the update, over the same weights", async () => {
    const diff = await compare(first, second);
    expect(changed(diff.config)).toEqual(["lora_alpha"]);
    expect(changed(diff.facts)).toEqual(expect.arrayContaining(["alpha", "scale"]));
    expect(diff.files.map(({ path, change }) => [path, change])).toEqual([
      ["adapter_config.json", "changed"],
      ["adapter_model.safetensors", "equal"],
    ]);
    expect(diff.identical).toBe(false);
    expect(diff.modules).toMatchObject({ added: [], removed: [] });
    expect(changed(diff.tensors)).toEqual([]);
    expect(diff.norms).toMatchObject([{ path: MODULE, layer: 0, module: "self_attn.q_proj", ratio: 2 }]);
  });

  it("says unknown where the bytes are gone, and still compares what the catalog knows", async () => {
    const { files: _files, ...version } = await api.admin.call("GET /versions/{versionId}", {
      params: { versionId: first },
    });
    const directory = join(api.deps.adapterStore, "acme--support-bot", (version.digest ?? "").slice(0, 12));
    await unlockStore(api.deps.adapterStore);
    await rm(directory, { recursive: true });
    const diff = await compare(first, second);
    expect([diff.config, diff.tensors]).toEqual([null, null]);
    expect(changed(diff.facts)).toContain("alpha");
    expect(diff.norms).toHaveLength(1);
  });

  it("has nothing for versions of two tenants, absent ones, and customers", async () => {
    const refusal = async (call: Promise<unknown>) => {
      const error = await call.catch((thrown: unknown) => thrown);
      return error instanceof ApiError ? error.problem.status : 200;
    };
    const customer = await api.clientWith(["tenant:admin"], tenantId);
    expect([
      await refusal(compare(first, foreign)),
      await refusal(compare(newId("version"), first)),
      await refusal(customer.call("GET /versions/compare", { query: { a: first, b: second } })),
    ]).toEqual([404, 404, 403]);
  });
});
