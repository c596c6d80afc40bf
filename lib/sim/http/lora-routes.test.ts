import { createHash } from "node:crypto";
import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFloats } from "#lib/platform/safetensors/elements.ts";
import { encodeSafetensors, type TensorBytes } from "#lib/platform/safetensors/encode.ts";
import {
  BASE_MODEL,
  LONG,
  type Reply,
  SLOW,
  startTestNode,
  type TestNode,
  TINY_CONFIG,
  TRAINED,
  writeAdapter,
  writeFiles,
} from "../testing/node-fixture.ts";

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode();
});
afterAll(() => node.node.stop());

describe("with SWITCHYARD_ADAPTER_DIR", () => {
  it("the plugin proves what is loaded from below it, in words of its own, and nothing else", async () => {
    const root = await mkdtemp(join(tmpdir(), "switchyard-sim-"));
    const good = await writeAdapter({ seed: "verified" });
    const files = await Promise.all(
      (await readdir(good)).sort().map(async (path) => [path, await readFile(join(good, path))] as const),
    );
    const hash = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
    const digest = hash(files.map(([path, bytes]) => `${hash(bytes)}  ${bytes.byteLength}  ${path}\n`).join(""));
    const place = join(root, "acme--bot", digest.slice(0, 12));
    await cp(good, place, { recursive: true });
    const guarded = await startTestNode({ adapterDir: root });
    const answer = async (path: string) => {
      const { status, text } = await guarded.load(path, path);
      return [status, /switchyard_\w+(=\w+)?/.exec(text)?.[0] ?? null];
    };
    expect(await answer(place)).toEqual([200, `switchyard_verified=${digest}`]);
    expect(await answer(good)).toEqual([200, null]);
    expect(await answer(join(root, "acme--bot", "0123456789ab"))).toEqual([500, "switchyard_not_configured"]);
    expect(await answer(join(root, "acme--bot"))).toEqual([400, "switchyard_path_refused"]);
    await writeFile(join(place, "adapter_config.json"), "{}");
    expect(await answer(`${place}/`)).toEqual([400, "switchyard_digest_mismatch"]);
    await guarded.node.stop();
    await rm(root, { recursive: true });
  });
});

const zeros = (name: string, shape: [number, number]): TensorBytes => ({
  name,
  dtype: "F32",
  shape,
  data: encodeFloats(new Float32Array(shape[0] * shape[1]), "F32"),
});
const PATH = "base_model.model.model.layers.0.self_attn.q_proj";
const CONFIG = { r: 8, lora_alpha: 16, target_modules: ["q_proj"], bias: "none" };

/** An adapter of one module, right unless a test says otherwise. */
const adapter = (config: object, tensors?: TensorBytes[]) =>
  writeFiles({
    "adapter_config.json": JSON.stringify({ ...CONFIG, ...config }),
    "adapter_model.safetensors": encodeSafetensors(
      tensors ?? [zeros(`${PATH}.lora_A.weight`, [8, 64]), zeros(`${PATH}.lora_B.weight`, [64, 8])],
    ),
  });

const error = (type: string, code: number, message: unknown, param: unknown = null) => ({
  error: { message, type, param, code },
});

describe("load and unload by the table of vllm.md §1.2", () => {
  it("answers success as plain text without a content type", async () => {
    const loaded = await node.load("good", TRAINED[0]);
    expect(loaded).toMatchObject({ status: 200, text: "Success: LoRA adapter 'good' added successfully." });
    expect(loaded.headers.get("content-type")).toBeNull();
    expect(await node.unload("good")).toMatchObject({
      status: 200,
      text: "Success: LoRA adapter 'good' removed successfully.",
    });
  });

  it("refuses what is wrong with the request", async () => {
    await node.load("taken", TRAINED[0]);
    expect((await node.load("taken", TRAINED[0])).json()).toEqual(
      error("InvalidUserInput", 400, expect.stringContaining("has already been loaded")),
    );
    expect((await node.load("", TRAINED[0])).json()).toEqual(
      error("InvalidUserInput", 400, "Both 'lora_name' and 'lora_path' must be provided."),
    );
    expect((await node.load(BASE_MODEL, TRAINED[0])).json()).toEqual(
      error("InvalidUserInput", 400, expect.stringContaining("conflicts with a served base model")),
    );
    expect((await node.post("/v1/load_lora_adapter", { lora_path: "/x" })).json()).toEqual(
      error("Bad Request", 400, expect.stringMatching(/^1 validation error/), "body.lora_name"),
    );
    expect((await node.post("/v1/load_lora_adapter", "{bad")).json()).toEqual(
      error("Bad Request", 400, expect.stringContaining("JSON decode error"), "body.1"),
    );
    const asText = await node.post("/v1/load_lora_adapter", "{}", { "content-type": "text/plain" });
    expect([asText.status, asText.text]).toEqual([400, expect.stringContaining("Unsupported Media Type")]);
    expect((await node.unload("nobody")).json()).toEqual(
      error("NotFoundError", 404, "The lora adapter 'nobody' cannot be found."),
    );
  });

  it("answers 404 when nothing is at the path, and hides the path", async () => {
    const missing = error("NotFoundError", 404, "Loading lora gone failed: No adapter found for <path>");
    expect((await node.load("gone", "/srv/adapters/gone")).json()).toEqual(missing);
    expect((await node.load("hub", "someone/some-adapter")).status).toBe(404);
  });

  it.each([
    ["rank", () => writeAdapter({ seed: "r32", rank: 32 }), "LoRA rank 32 is greater than max_lora_rank 16."],
    ["DoRA", () => adapter({ use_dora: true }), "vLLM does not yet support DoRA."],
    ["bias", () => adapter({ bias: "all" }), "Adapter bias is not supported."],
    ["modules_to_save", () => adapter({ modules_to_save: ["lm_head"] }), "Unsupported modules_to_save: ['lm_head']"],
    [
      "a missing field",
      () => adapter({ lora_alpha: undefined }),
      "Missing required configuration fields: {'lora_alpha'}",
    ],
    ["no weights", () => writeFiles({ "adapter_config.json": JSON.stringify(CONFIG) }), "doesn't contain tensors"],
    [
      "an unknown module",
      () => adapter({}, [zeros("base_model.model.model.layers.0.router.gate.lora_A.weight", [8, 64])]),
      "expected target modules in",
    ],
    [
      "an unknown name",
      () => adapter({}, [zeros("base_model.model.lm_head.weight", [8, 64])]),
      "is unsupported LoRA weight",
    ],
    [
      "a larger base",
      () => adapter({}, [zeros(`${PATH}.lora_A.weight`, [8, 128]), zeros(`${PATH}.lora_B.weight`, [64, 8])]),
      "The size of tensor a (64) must match the size of tensor b (128) at non-singleton dimension 1",
    ],
  ])("answers 500 for %s, with the engine's reason", async (what, make, reason) => {
    const reply = await node.load(`bad ${what}`, await make());
    expect(reply.json()).toEqual(
      error("InternalServerError", 500, expect.stringMatching(/^Call to add_lora method failed: /)),
    );
    expect(reply.text).toContain(reason);
    expect((await node.get("/v1/models")).text).not.toContain(`bad ${what}`);
  });

  it("answers 500 for a truncated file", async () => {
    const bytes = await readFile(join(TRAINED[0], "adapter_model.safetensors"));
    const path = await writeFiles({
      "adapter_config.json": await readFile(join(TRAINED[0], "adapter_config.json"), "utf8"),
      "adapter_model.safetensors": bytes.subarray(0, -100),
    });
    expect((await node.load("cut", path)).text).toContain("Error while deserializing header: incomplete metadata");
  });

  it("takes in silence what vLLM takes in silence", async () => {
    const smaller = await writeAdapter({ seed: "small", baseConfig: { ...TINY_CONFIG, hidden_size: 32 } });
    const prefix = await adapter({}, [
      zeros("base_model.model.language_model.model.layers.0.self_attn.q_proj.lora_B.weight", [64, 8]),
    ]);
    const deeper = await writeAdapter({ seed: "deep", baseConfig: { ...TINY_CONFIG, num_hidden_layers: 4 } });
    const half = await adapter({}, [zeros(`${PATH}.lora_B.weight`, [64, 8])]);
    for (const path of [smaller, prefix, deeper, half])
      expect((await node.load(`silent ${path}`, path)).status).toBe(200);
  });
});

describe("older releases", () => {
  it("0.6.3 says yes to anything, flat errors, and dies at the first request", async () => {
    const old = await startTestNode({ engineVersion: "0.6.3" });
    expect((await old.load("ghost", "/nowhere")).status).toBe(200);
    expect((await old.load("ghost", "/nowhere")).json()).toMatchObject({ object: "error", code: 400 });
    expect((await old.unload("nobody")).status).toBe(400);
    expect((await old.chat({ model: "ghost", messages: [{ role: "user", content: "hi" }] })).status).toBe(500);
    expect((await old.get("/health")).status).toBe(503);
    await old.node.stop();
  });

  it("0.10 answers 400 for a refused load and lets an adapter shadow the base", async () => {
    const old = await startTestNode({ engineVersion: "0.10.1" });
    expect((await old.load("r32", await writeAdapter({ seed: "r32", rank: 32 }))).json()).toMatchObject({
      error: { type: "BadRequestError", code: 400 },
    });
    expect((await old.load(BASE_MODEL, TRAINED[0])).status).toBe(200);
    await old.node.stop();
  });

  it.each([
    ["0.24.0", true],
    ["0.25.0", false],
  ])("%s goes on with another tenant's adapter when a load takes the slot: %s", async (engineVersion, isMixed) => {
    const old = await startTestNode({ engineVersion, maxLoras: 1, maxCpuLoras: 4, speed: SLOW, logitNoise: 0 });
    const body = { model: "a", prompt: "Where is my order?", ...LONG, max_tokens: 240, temperature: 0 };
    const text = (reply: Reply) => (reply.json() as { choices: { text: string }[] }).choices[0]?.text;
    await old.load("a", TRAINED[0]);
    const alone = text(await old.post("/v1/completions", body));
    const underLoad = old.post("/v1/completions", body);
    await old.untilRunning(1);
    await old.load("b", TRAINED[1]);
    expect(text(await underLoad) !== alone).toBe(isMixed);
    await old.node.stop();
  });

  it("without VLLM_ALLOW_RUNTIME_LORA_UPDATING there is no such route", async () => {
    const fixed = await startTestNode({ allowsRuntimeLora: false });
    expect((await fixed.load("x", TRAINED[0])).text).toBe('{"detail":"Not Found"}');
    await fixed.node.stop();
  });
});

describe("residency", () => {
  const ask = (model: string) => ({ model, messages: [{ role: "user", content: "hello" }], max_tokens: 4 });

  it("follows LRU through both tiers, and tells the plugin's counters", async () => {
    const small = await startTestNode({ maxLoras: 1, maxCpuLoras: 2 });
    for (const name of ["a", "b", "c"]) await small.load(name, await writeAdapter({ seed: name }));
    expect(small.node.inspect()).toMatchObject({ gpu: ["c"], cpu: ["b", "c"] });
    await small.chat(ask("b"));
    await small.chat(ask("a"));
    expect(small.node.inspect()).toMatchObject({ gpu: ["a"], cpu: ["b", "a"] });
    const counters = [
      'evictions_total{tier="gpu"}',
      'evictions_total{tier="cpu"}',
      'swaps_total{source="cpu"}',
      'swaps_total{source="disk"}',
    ];
    expect(await Promise.all(counters.map((name) => small.metric(`switchyard_lora_${name}`)))).toEqual([4, 2, 1, 4]);
    expect((await small.get("/v1/models")).text).toContain('"id":"c"');
    await small.node.stop();
  });

  it("keeps the weights after an unload, and a second load of the name is a second copy", async () => {
    const one = await startTestNode();
    await one.load("a", TRAINED[0]);
    await one.unload("a");
    expect(one.node.inspect().cpu).toEqual(["a"]);
    await one.load("a", TRAINED[0]);
    expect(one.node.inspect().cpu).toEqual(["a", "a"]);
    await one.node.stop();
  });

  it.each([
    ["0.28.0", "of the name, wherever the new files lie", true],
    ["0.32.0", "of name and path only", false],
  ])("%s reuses the prefix blocks of older weights: %s", async (engineVersion, _, isStale) => {
    const one = await startTestNode({ engineVersion });
    const prompt = {
      model: "a",
      messages: [{ role: "user", content: "the same long question again and again, please" }],
    };
    await one.load("a", TRAINED[0]);
    await one.chat(prompt);
    await one.chat(prompt);
    expect(one.node.inspect().stalePrefixBlocks).toBe(0);
    await one.load("a", TRAINED[1], { load_inplace: true });
    await one.chat(prompt);
    expect(one.node.inspect().stalePrefixBlocks > 0).toBe(isStale);
    await one.node.stop();
  });

  it("reads an in-place load from disk at every step", async () => {
    const one = await startTestNode();
    await one.load("a", TRAINED[0], { load_inplace: true });
    await one.chat({ ...ask("a"), max_tokens: 17, ignore_eos: true });
    // One read by the load, one by the prefill step, two by the two decode steps of 8 tokens.
    expect(await one.metric('switchyard_lora_swaps_total{source="disk"}')).toBe(4);
    await one.node.stop();
  });

  it("dies when it must read deleted files again", async () => {
    const one = await startTestNode({ maxLoras: 1, maxCpuLoras: 1 });
    const path = await writeAdapter({ seed: "gone" });
    await one.load("gone", path);
    await one.load("other", TRAINED[0]);
    await rm(path, { recursive: true });
    const reply = await one.chat(ask("gone"));
    expect([reply.status, reply.text]).toEqual([500, expect.stringContaining("EngineCore encountered an issue.")]);
    expect((await one.node.died).message).toContain("EngineCore");
    expect((await one.get("/health")).status).toBe(503);
    expect((await one.load("x", TRAINED[0])).status).toBe(500);
    await one.node.stop();
  });

  it("gives the base's log-probabilities to an adapter whose B is zero, other ones to a real one", async () => {
    const one = await startTestNode({ logitNoise: 0 });
    await one.load("zero", await writeAdapter({ seed: "z", zeroB: true }));
    await one.load("real", TRAINED[0]);
    expect(await one.probe("zero")).toEqual(await one.probe(BASE_MODEL));
    expect(await one.probe("real")).not.toEqual(await one.probe(BASE_MODEL));
    await one.node.stop();
  });

  it("serves changed bytes in silence once they are read again", async () => {
    const one = await startTestNode({ maxLoras: 1, maxCpuLoras: 1, logitNoise: 0 });
    const path = await writeAdapter({ seed: "changed", zeroB: true });
    await one.load("changed", path);
    const before = await one.probe("changed");
    await copyFile(join(TRAINED[0], "adapter_model.safetensors"), join(path, "adapter_model.safetensors"));
    expect(await one.probe("changed")).toEqual(before);
    await one.load("other", TRAINED[1]);
    expect(await one.probe("changed")).not.toEqual(before);
    await one.node.stop();
  });
});
