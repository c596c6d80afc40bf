import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFloats } from "#lib/platform/safetensors/elements.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { sweepIncoming } from "../intake/sweep-incoming.ts";
import {
  BASE,
  type Folder,
  goodFolder,
  withFile,
  withKey,
  withoutFile,
  withTensor,
} from "../testing/adapter-folder.ts";
import { codesOf, createIntakeBench, errorsOf, type IntakeBench, problemOf } from "../testing/intake-bench.ts";
import { openDraft, registerVersion, sendFiles } from "../testing/register.ts";

const WEIGHTS = "adapter_model.safetensors";
const DAY_MS = 86_400_000;

let bench: IntakeBench;
beforeAll(async () => {
  bench = await createIntakeBench();
});
afterAll(() => bench.close());

const read = (versionId: string) => bench.api.admin.call("GET /versions/{versionId}", { params: { versionId } });
const seeded = (rank: number): Folder =>
  writeSeededAdapter({ seed: "s", baseModel: BASE.baseModel, baseConfig: BASE.configJson, rank, alpha: 2 * rank })
    .files;
const good = goodFolder("support-bot");
const truncated = (bytes: Uint8Array<ArrayBuffer> | undefined) => (bytes ?? new Uint8Array()).slice(0, -64);

describe("a bad adapter", () => {
  it.each([
    ["of a wrong rank", seeded(32), "rank_above_pool", "adapter_config.json#r"],
    [
      "for a wrong base",
      withKey(good, "adapter_config.json", "base_model_name_or_path", "switchyard/tiny-llama-instruct"),
      "base_model_mismatch",
      "adapter_config.json#base_model_name_or_path",
    ],
    [
      "with a wrong tokenizer",
      withKey(good, "tokenizer.json", "added_tokens", []),
      "tokenizer_mismatch",
      "tokenizer.json",
    ],
    [
      "with a wrong chat template",
      withFile(good, "chat_template.jinja", "{{ messages }}"),
      "chat_template_mismatch",
      "chat_template.jinja",
    ],
    [
      "with the config of another architecture",
      withFile(good, "config.json", JSON.stringify({ ...BASE.configJson, num_hidden_layers: 3 })),
      "architecture_mismatch",
      "config.json",
    ],
    ["cut off", withFile(good, WEIGHTS, truncated(good.get(WEIGHTS))), "safetensors_truncated", WEIGHTS],
    [
      "with a value that is no number",
      withTensor(good, "q_proj.lora_B.weight", (tensor) => {
        const data = tensor.data.slice();
        data.set(encodeFloats([Number.NaN], "BF16"), data.byteLength - 2);
        return { ...tensor, data };
      }),
      "values_not_finite",
      `${WEIGHTS}#base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight`,
    ],
  ])("%s is rejected with field and fix, keeps its report and loses its bytes", async (_what, folder, code, field) => {
    const { adapter } = await bench.freshAdapter();
    const version = await registerVersion(bench.api.admin, adapter.id, folder);
    expect(version).toMatchObject({ state: "rejected", loraName: null });
    expect(errorsOf(version)).toEqual([[code, field]]);
    expect(version.checkReport?.findings.every(({ severity, fix }) => severity !== "error" || fix)).toBe(true);
    expect(await bench.loadable(version.id)).toBeNull();
    await sweepIncoming(bench.api.deps, DAY_MS);
    expect(await bench.incoming()).not.toContain(version.id);
    expect(await read(version.id)).toEqual(version);
    expect((await bench.actionsOn(version.id))[0]).toBe("version.reject");
  });

  it.each([
    [
      "a pickle instead of safetensors",
      withFile(withoutFile(good, WEIGHTS), "adapter_model.bin", "x"),
      ["adapter_model.bin", "pickle_refused"],
    ],
    [
      "a pickle beside the safetensors",
      withFile(good, "adapter_model.pt", "x"),
      ["adapter_model.pt", "pickle_refused"],
    ],
    ["no config", withoutFile(good, "adapter_config.json"), ["adapter_config.json", "missing_file"]],
    ["a file no adapter has", withFile(good, "notes.md", "x"), ["notes.md", "unknown_file"]],
    ["a name with a way out", withFile(good, "../x.json", "x"), ["../x.json", "file_name_path"]],
  ])("with %s is refused before a byte is sent", async (_what, folder, problem) => {
    const { adapter } = await bench.freshAdapter();
    const refused = await problemOf(openDraft(bench.api.admin, adapter.id, folder));
    expect(refused.status).toBe(422);
    expect(refused.errors.map(({ field, code }) => [field, code])).toContainEqual(problem);
    expect((await bench.api.admin.call("GET /versions", { query: { adapterId: adapter.id } })).items).toEqual([]);
  });

  it("whose B is all zero is refused: it would load everywhere and change nothing", async () => {
    const { adapter } = await bench.freshAdapter();
    const zero = writeSeededAdapter({
      seed: "z",
      baseModel: BASE.baseModel,
      baseConfig: BASE.configJson,
      rank: 16,
      alpha: 32,
      zeroB: true,
    });
    const version = await registerVersion(bench.api.admin, adapter.id, zero.files);
    expect(version.state).toBe("rejected");
    expect(errorsOf(version)).toEqual([["no_effect", WEIGHTS]]);
  });
});

describe("numbers and stored bytes", () => {
  it("never give a number twice, also when versions are opened at once", async () => {
    const { adapter } = await bench.freshAdapter();
    const drafts = await Promise.all(Array.from({ length: 5 }, () => openDraft(bench.api.admin, adapter.id, good)));
    expect(drafts.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it("use the directory again when the same tenant registers the same bytes, and say so", async () => {
    const { adapter } = await bench.freshAdapter();
    const first = await registerVersion(bench.api.admin, adapter.id, good);
    const second = await registerVersion(bench.api.admin, adapter.id, good);
    expect(codesOf(second)).toContain("already_stored");
    expect(second.digest).toBe(first.digest);
    expect(second.loraName).not.toBe(first.loraName);
    expect((await bench.loadable(second.id))?.storePath).toBe((await bench.loadable(first.id))?.storePath);
    await sweepIncoming(bench.api.deps, DAY_MS);
    expect(await bench.incoming()).not.toContain(second.id);
  });

  it("never tell a tenant that another one has the same bytes", async () => {
    const [a, b] = [await bench.freshAdapter(), await bench.freshAdapter()];
    const mine = await registerVersion(bench.api.admin, a.adapter.id, good);
    const theirs = await registerVersion(bench.api.admin, b.adapter.id, good);
    expect(theirs.digest).toBe(mine.digest);
    expect(codesOf(theirs)).not.toContain("already_stored");
    expect((await bench.loadable(theirs.id))?.storePath).not.toBe((await bench.loadable(mine.id))?.storePath);
  });

  it("are swept when no draft needs them any more", async () => {
    const { adapter } = await bench.freshAdapter();
    const draft = await openDraft(bench.api.admin, adapter.id, good);
    await sendFiles(bench.api.admin, draft.id, good);
    const orphan = join(bench.api.deps.adapterStore, ".incoming", "ver_crashed");
    await mkdir(orphan, { recursive: true });
    expect(await sweepIncoming(bench.api.deps, 3_600_000)).toBe(0);
    await sweepIncoming(bench.api.deps, -60_000);
    expect(await bench.incoming()).toContain(draft.id);
    expect(await bench.incoming()).not.toContain("ver_crashed");
  });
});
