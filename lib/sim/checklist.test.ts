import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  BASE_MODEL,
  chatWith,
  LONG,
  largestDifference,
  MODEL_DIR,
  type Reply,
  SLOW,
  type TestNode,
  TINY_CONFIG,
  TRAINED,
  testNodes,
  writeAdapter,
} from "./testing/node-fixture.ts";

/** The ten points of vllm.md §11, each under its own name; 7 and 8 are in `checklist-metrics.test.ts`. */
const start = testNodes();

const typeOf = (reply: Reply): unknown => {
  const body = reply.json() as { type?: string; error?: { type: string } };
  return body.error?.type ?? body.type;
};

describe("1. Bodies: plain text of success, exact nesting of errors, a string for 401", () => {
  it.each([
    ["0.6.3", false],
    ["0.10.0", false],
    ["0.10.1", true],
    ["0.32.0", true],
  ])("%s nests errors: %s", async (engineVersion, nests) => {
    const node = await start({ engineVersion });
    const loaded = await node.load("a", TRAINED[0]);
    expect([loaded.text, loaded.headers.get("content-type")]).toEqual([
      "Success: LoRA adapter 'a' added successfully.",
      null,
    ]);
    expect((await node.unload("a")).text).toBe("Success: LoRA adapter 'a' removed successfully.");
    const body = (await node.unload("")).json();
    const fields = { message: expect.any(String), type: "InvalidUserInput", param: null, code: 400 };
    expect(body).toEqual(nests ? { error: fields } : { object: "error", ...fields });
  });

  it("guards /v1 by the key, and by release /v2, /inference and /cohere; never /adapters, /metrics or /health", async () => {
    for (const [engineVersion, guarded] of [
      ["0.11.1", ["/v1/models"]],
      ["0.22.0", ["/v1/models", "/v2/x"]],
      ["0.32.0", ["/v1/models", "/v2/x", "/inference/x", "/cohere/x"]],
    ] as const) {
      const node = await start({ engineVersion, apiKey: "k" });
      const paths = ["/v1/models", "/v2/x", "/inference/x", "/cohere/x", "/metrics", "/health"];
      const replies = await Promise.all(paths.map(async (path) => [path, await node.get(path)] as const));
      expect(replies.flatMap(([path, { status }]) => (status === 401 ? [path] : []))).toEqual(guarded);
      expect(replies[0]?.[1].text).toBe('{"error":"Unauthorized"}');
      expect((await node.post("/adapters", { name: "x", src: TRAINED[0] })).status).toBe(200);
    }
    const older = await start({ engineVersion: "0.10.1" });
    expect((await older.post("/adapters", { name: "x", src: TRAINED[0] })).status).toBe(404);
  });
});

describe("2. The table of loads and unloads, by release", () => {
  it.each([
    ["0.6.3", { missing: 200, rank: 200, shape: 200, unknown: 400, base: 200 }],
    ["0.7.0", { missing: 404, rank: 400, shape: 400, unknown: 404, base: 200 }],
    ["0.17.0", { missing: 404, rank: 400, shape: 400, unknown: 404, base: 200 }],
    ["0.18.0", { missing: 404, rank: 500, shape: 500, unknown: 404, base: 200 }],
    ["0.31.0", { missing: 404, rank: 500, shape: 500, unknown: 404, base: 200 }],
    ["0.32.0", { missing: 404, rank: 500, shape: 500, unknown: 404, base: 400 }],
  ])("%s", async (engineVersion, statuses) => {
    const node = await start({ engineVersion });
    const wide = await writeAdapter({ seed: "wide", baseConfig: { ...TINY_CONFIG, hidden_size: 128 } });
    const replies = {
      missing: await node.load("missing", "/nowhere"),
      rank: await node.load("rank", await writeAdapter({ seed: "r", rank: 32 })),
      shape: await node.load("shape", wide),
      unknown: await node.unload("nobody"),
      base: await node.load(BASE_MODEL, TRAINED[0]),
    };
    expect(Object.fromEntries(Object.entries(replies).map(([what, { status }]) => [what, status]))).toEqual(statuses);
    if (statuses.rank === 200) return;
    expect(typeOf(replies.rank)).toBe(statuses.rank === 400 ? "BadRequestError" : "InternalServerError");
    expect(replies.rank.text).toContain("LoRA rank 32 is greater than max_lora_rank 16.");
    expect(replies.shape.text).toContain("must match the size of tensor b (128)");
    expect(typeOf(replies.missing)).toBe("NotFoundError");
  });

  it("0.6.3 says yes in silence, and the first request ends the engine", async () => {
    const node = await start({ engineVersion: "0.6.3" });
    expect((await node.load("ghost", "/nowhere")).status).toBe(200);
    expect((await node.get("/v1/models")).text).toContain('"id":"ghost"');
    expect((await node.get("/health")).status).toBe(200);
    expect((await node.chat(chatWith("ghost"))).status).toBe(500);
    expect((await node.get("/health")).status).toBe(503);
  });

  it("an adapter under the base's name: unreachable in 0.7, in place of the base from 0.10 on", async () => {
    for (const [engineVersion, isShadowed] of [["0.7.0", false] as const, ["0.10.1", true] as const]) {
      const node = await start({ engineVersion, logitNoise: 0 });
      const before = await node.probe(BASE_MODEL);
      await node.load(BASE_MODEL, TRAINED[0]);
      const after = await node.probe(BASE_MODEL);
      expect(JSON.stringify(after) !== JSON.stringify(before)).toBe(isShadowed);
    }
  });

  it("load_inplace is an unknown field before 0.15", async () => {
    const node = await start({ engineVersion: "0.14.0" });
    await node.load("a", TRAINED[0]);
    expect((await node.load("a", TRAINED[1], { load_inplace: true })).status).toBe(400);
  });
});

describe("3. /v1/models", () => {
  it("is the registry as of this call: created now, new permission ids, no limit on an adapter's card", async () => {
    const node = await start();
    await node.load("a", TRAINED[0]);
    type Card = { id: string; root: string; parent: string | null; max_model_len: number | null; created: number };
    type Full = Card & { permission: { id: string }[] };
    const cards = async () => ((await node.get("/v1/models")).json() as { data: Full[] }).data;
    const [first, second] = [await cards(), await cards()];
    expect(first.map(({ id, root, parent, max_model_len }) => ({ id, root, parent, max_model_len }))).toEqual([
      { id: BASE_MODEL, root: MODEL_DIR, parent: null, max_model_len: 8192 },
      { id: "a", root: TRAINED[0], parent: BASE_MODEL, max_model_len: null },
    ]);
    expect(Math.abs((first[0]?.created ?? 0) - Date.now() / 1000)).toBeLessThan(30);
    const ids = [...first, ...second].map(({ permission }) => permission[0]?.id);
    expect(new Set(ids).size).toBe(4);
  });
});

describe("4. An unbounded registry, tiers of their own", () => {
  it("lists more names than both tiers hold, answers for each, and forgets all with a restart", async () => {
    const node = await start({ maxLoras: 1, maxCpuLoras: 2 });
    const names = ["a", "b", "c", "d", "e"];
    for (const name of names) await node.load(name, await writeAdapter({ seed: name }));
    expect(node.node.inspect()).toMatchObject({ gpu: ["e"], cpu: ["d", "e"] });
    for (const name of names) expect((await node.chat(chatWith(name, { max_tokens: 1 }))).status).toBe(200);
    await node.node.restart({ downMs: 0 });
    expect((await node.get("/v1/models")).text).not.toContain('"id":"a"');
    expect(node.node.inspect()).toMatchObject({ gpu: [], cpu: [] });
  });

  it("unloads the name only: weights stay, requests under way finish, the name loads again as another copy", async () => {
    const node = await start({ speed: SLOW });
    await node.load("a", TRAINED[0]);
    const running = node.chat(chatWith("a", LONG));
    await node.untilRunning(1);
    expect((await node.unload("a")).status).toBe(200);
    expect((await node.chat(chatWith("a"))).status).toBe(404);
    expect((await running).status).toBe(200);
    expect(node.node.inspect()).toMatchObject({ gpu: ["a"], cpu: ["a"] });
    await node.load("a", TRAINED[0]);
    expect(node.node.inspect().cpu).toEqual(["a", "a"]);
  });

  it("keeps an orphan in both tiers when the copy into the slot failed, until LRU pushes it out", async () => {
    const node = await start({ maxLoras: 1, maxCpuLoras: 2 });
    await node.load("good", TRAINED[0]);
    const wide = await writeAdapter({ seed: "wide", baseConfig: { ...TINY_CONFIG, hidden_size: 128 } });
    expect((await node.load("orphan", wide)).status).toBe(500);
    expect((await node.get("/v1/models")).text).not.toContain("orphan");
    expect(node.node.inspect()).toMatchObject({ gpu: ["orphan"], cpu: ["good", "orphan"] });
    expect((await node.chat(chatWith("good", { max_tokens: 1 }))).status).toBe(200);
    for (const seed of ["x", "y"]) await node.load(seed, await writeAdapter({ seed }));
    expect(node.node.inspect().cpu).toEqual(["x", "y"]);
    const early = await node.load("rank", await writeAdapter({ seed: "r", rank: 32 }));
    expect([early.status, node.node.inspect().cpu]).toEqual([500, ["x", "y"]]);
  });
});

describe("5. Two tiers, touched at every step", () => {
  it("moves by LRU through both, and the plugin's series say so", async () => {
    const node = await start({ maxLoras: 1, maxCpuLoras: 2, maxLoraRank: 16 });
    for (const name of ["a", "b", "c"]) await node.load(name, await writeAdapter({ seed: name }));
    await node.chat(chatWith("b", { max_tokens: 1 }));
    await node.chat(chatWith("b", LONG));
    const { text } = await node.get("/metrics");
    const ours = text.split("\n").filter((line) => /^switchyard_/.test(line) && !/_bucket|_sum/.test(line));
    expect(ours).toEqual([
      'switchyard_lora_plugin_info{device="cuda",reason="",status="active",version="simulated",vllm_version="0.32.0"} 1.0',
      'switchyard_lora_evictions_total{tier="gpu"} 3.0',
      'switchyard_lora_evictions_total{tier="cpu"} 1.0',
      'switchyard_lora_swaps_total{source="gpu"} 0.0',
      'switchyard_lora_swaps_total{source="cpu"} 1.0',
      'switchyard_lora_swaps_total{source="disk"} 3.0',
      'switchyard_lora_swap_seconds_count{source="cpu"} 1.0',
      'switchyard_lora_swap_seconds_count{source="disk"} 3.0',
      'switchyard_lora_residency{lora_name="b",tier="gpu"} 1.0',
      'switchyard_lora_residency{lora_name="c",tier="cpu"} 1.0',
      'switchyard_lora_slots{tier="gpu"} 1.0',
      'switchyard_lora_slots{tier="cpu"} 2.0',
      "switchyard_lora_max_rank 16.0",
      expect.stringMatching(/^switchyard_lora_batch_adapters_count \d+\.0$/),
    ]);
    expect(text.match(/^switchyard_lora_swap_seconds_bucket\{.*source="cpu"/gm)).toHaveLength(13);
    expect(text.match(/^switchyard_lora_batch_adapters_bucket/gm)).toHaveLength(11);
  });

  it.each([
    ["a release before 0.20", { engineVersion: "0.19.0" }, "vllm_too_old"],
    ["an engine without LoRA", { enablesLora: false }, "no_worker_report"],
  ])("has a plugin that says it counts nothing on %s", async (_, input, reason) => {
    const node = await start(input);
    await node.load("a", TRAINED[0]);
    await node.chat(chatWith(BASE_MODEL, { max_tokens: 1 }));
    const { text } = await node.get("/metrics");
    const series = text.split("\n").filter((line) => line.startsWith("switchyard_"));
    expect(series).toEqual([expect.stringContaining(`,reason="${reason}",status="disabled"`)]);
    expect(text).toContain("# TYPE switchyard_lora_evictions_total counter");
  });

  it("tells nothing of it without the plugin", async () => {
    const node = await start({ plugin: false });
    await node.load("a", TRAINED[0]);
    await node.chat(chatWith("a", { max_tokens: 1 }));
    expect((await node.get("/metrics")).text).not.toContain("switchyard_");
  });
});

describe("6. Admission by max_loras", () => {
  it("skips an adapter too many as deferred, and lets the base overtake it", async () => {
    const node = await start({ maxLoras: 1, maxCpuLoras: 2, speed: SLOW });
    for (const name of ["a", "b"]) await node.load(name, await writeAdapter({ seed: name }));
    const running = node.chat(chatWith("a", LONG));
    const late: string[] = [];
    const deferred = node.chat(chatWith("b", { max_tokens: 1 })).then(() => late.push("b"));
    const gauge = `vllm:num_requests_waiting_by_reason{engine="0",model_name="${BASE_MODEL}",reason="deferred"}`;
    await expect.poll(() => node.metric(gauge), { interval: 5 }).toBe(1);
    await node.chat(chatWith(BASE_MODEL, { max_tokens: 1 }));
    expect(late).toEqual([]);
    await Promise.all([running, deferred]);
  });
});

describe("A CPU engine", () => {
  const TEXT = "The customer asked whether the order could still be changed";
  const shiftOf = async (node: TestNode, alone: readonly number[]) =>
    largestDifference(alone, await node.probe(BASE_MODEL, TEXT));

  it.each(["cpu", "gpu"] as const)("on a %s answers the base alone as it should", async (device) => {
    const node = await start({ device, maxLoras: 2, maxCpuLoras: 2, logitNoise: 0 });
    const alone = await node.probe(BASE_MODEL, TEXT);
    for (const [at, path] of TRAINED.entries()) await node.load(`a${at}`, path);
    expect(await shiftOf(node, alone)).toBe(0);
  });

  it.each([
    ["cpu", 2, true],
    ["cpu", 3, false],
    ["gpu", 2, false],
  ] as const)("on a %s with %i slots and 2 adapters mixes rows beside them: %s", async (device, maxLoras, isMixed) => {
    const node = await start({ device, maxLoras, maxCpuLoras: 3, logitNoise: 0, speed: SLOW });
    const alone = await node.probe(BASE_MODEL, TEXT);
    for (const [at, path] of TRAINED.entries()) await node.load(`a${at}`, path);
    const running = node.chat(chatWith("a0", LONG));
    await node.untilRunning(1);
    expect((await shiftOf(node, alone)) > 0).toBe(isMixed);
    await running;
    expect(await shiftOf(node, alone)).toBe(0);
  });
});

describe("9. Loads in place", () => {
  it("read from disk at every step from then on, and switch requests that are under way", async () => {
    const node = await start({ speed: SLOW, logitNoise: 0 });
    const body = { model: "a", prompt: "Where is my order?", ...LONG, max_tokens: 320, temperature: 0 };
    const text = (reply: Reply) => (reply.json() as { choices: { text: string }[] }).choices[0]?.text;
    await node.load("a", TRAINED[0]);
    const alone = text(await node.post("/v1/completions", body));
    const reads = async () => (await node.metric('switchyard_lora_swaps_total{source="disk"}')) ?? 0;
    const before = await reads();
    const underWay = node.post("/v1/completions", body);
    await node.untilRunning(1);
    await node.load("a", TRAINED[1], { load_inplace: true });
    const mixed = text(await underWay);
    expect(mixed?.slice(0, 3)).toBe(alone?.slice(0, 3));
    expect(mixed).not.toBe(alone);
    expect(await reads()).toBe(before + 1);
    await node.chat(chatWith("a", { max_tokens: 17, ignore_eos: true }));
    expect(await reads()).toBe(before + 1 + 3);
  });

  it.each([
    ["0.11.0", "id", { unloaded: false }],
    ["0.11.1", "name", { unloaded: true }],
    ["0.28.0", "name", { unloaded: true, inPlace: true, samePath: true }],
    ["0.32.0", "name and path", { unloaded: false, inPlace: false, samePath: true }],
  ])("%s knows prefixes by %s: blocks of older weights are used, and counted", async (engineVersion, _, stale) => {
    const path = await writeAdapter({ seed: "first" });
    const again: Record<string, (node: TestNode) => Promise<unknown>> = {
      unloaded: async (node) => [await node.unload("a"), await node.load("a", TRAINED[1])],
      inPlace: (node) => node.load("a", TRAINED[1], { load_inplace: true }),
      samePath: async (node) => {
        await copyFile(join(TRAINED[1], "adapter_model.safetensors"), join(path, "adapter_model.safetensors"));
        await node.load("a", path, { load_inplace: true });
      },
    };
    const seen: Record<string, boolean> = {};
    for (const how of Object.keys(stale)) {
      const node = await start({ engineVersion });
      const prompt = chatWith("a", { messages: [{ role: "user", content: "the same long question again and again" }] });
      await node.load("a", path);
      await node.chat(prompt);
      await node.chat(prompt);
      expect(node.node.inspect().stalePrefixBlocks).toBe(0);
      await again[how]?.(node);
      await node.chat(prompt);
      seen[how] = node.node.inspect().stalePrefixBlocks > 0;
    }
    expect(seen).toEqual(stale);
  });
});

describe("10. A reload that fails ends the server", () => {
  it("for everybody: requests answer 500, health 503, loads 500", async () => {
    const node = await start({ maxLoras: 1, maxCpuLoras: 1, speed: SLOW });
    const path = await writeAdapter({ seed: "gone" });
    await node.load("gone", path);
    await node.load("other", TRAINED[0]);
    await rm(path, { recursive: true });
    const bystander = node.chat(chatWith("other", LONG));
    await node.untilRunning(1);
    const base = node.chat(chatWith(BASE_MODEL, { ...LONG, max_tokens: 4000 }));
    expect((await bystander).status).toBe(200);
    const struck = await node.chat(chatWith("gone"));
    expect([struck.status, typeOf(struck)]).toEqual([500, "InternalServerError"]);
    expect(struck.text).toContain("EngineCore encountered an issue.");
    expect((await base).status).toBe(500);
    expect((await node.get("/health")).status).toBe(503);
    expect((await node.load("x", TRAINED[0])).status).toBe(500);
    await node.node.restart({ downMs: 0 });
    expect((await node.get("/health")).status).toBe(200);
  });
});
