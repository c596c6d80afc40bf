import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { BASE } from "../testing/adapter-folder.ts";
import { BASES, baseConfigOf, PEFT_ADAPTERS, peftFolder, type TinyBase } from "../testing/architectures.ts";
import { codesOf, errorsOf } from "../testing/intake-bench.ts";
import { addAdapter, registerVersion } from "../testing/register.ts";
import { unlockStore } from "../testing/unlock-store.ts";

let api: TestApi;
let directory: string;
const pools = new Map<TinyBase, string>();

beforeAll(async () => {
  api = await createTestApi();
  directory = await mkdtemp(join(tmpdir(), "switchyard-architectures-"));
  for (const base of BASES) {
    const { id } = await api.admin.call("POST /pools", {
      body: {
        slug: base,
        name: base,
        baseModel: `switchyard/tiny-${base}`,
        files: { configJson: baseConfigOf(base), tokenizerJson: BASE.tokenizerJson },
        maxModelLen: 2048,
        maxLoras: 2,
        maxLoraRank: 8,
        maxCpuLoras: 4,
        adapterDirectory: join(directory, base),
      },
    });
    pools.set(base, id);
  }
});
afterAll(async () => {
  await unlockStore(api.deps.adapterStore);
  await rm(directory, { recursive: true });
  await api.close();
});

const poolId = (base: TinyBase): string => pools.get(base) ?? "";

describe("adapters that PEFT saved, through the API", () => {
  it.each(PEFT_ADAPTERS)("%s is ready in a pool of %s", async (name, base) => {
    const { adapter } = await addAdapter(api.admin, `own-${name}`, poolId(base));
    const version = await registerVersion(api.admin, adapter.id, peftFolder(name));
    expect([version.state, errorsOf(version)]).toEqual(["ready", []]);
  });

  it("one for another base is rejected, and no byte of it is stored", async () => {
    const { adapter } = await addAdapter(api.admin, "stranger", poolId("mistral"));
    const version = await registerVersion(api.admin, adapter.id, peftFolder("llama"));
    expect(version.state).toBe("rejected");
    expect(errorsOf(version)).toEqual([["base_model_mismatch", "adapter_config.json#base_model_name_or_path"]]);
  });

  it("the same files as another version, and under another adapter's name, are recognised", async () => {
    const { tenant, adapter } = await addAdapter(api.admin, "twice", poolId("qwen3"));
    const first = await registerVersion(api.admin, adapter.id, peftFolder("qwen3"));
    const second = await registerVersion(api.admin, adapter.id, peftFolder("qwen3"));
    const other = await api.admin.call("POST /tenants/{tenantId}/adapters", {
      params: { tenantId: tenant.id },
      body: { slug: "sales-bot", name: "Sales bot", poolId: poolId("qwen3") },
    });
    const renamed = await registerVersion(api.admin, other.id, peftFolder("qwen3"));
    expect([first, second, renamed].map((version) => codesOf(version).includes("already_stored"))).toEqual([
      false,
      true,
      true,
    ]);
    expect(new Set([first, second, renamed].map(({ digest }) => digest)).size).toBe(1);
    expect(new Set([first, second, renamed].map(({ loraName }) => loraName)).size).toBe(3);
  });
});
