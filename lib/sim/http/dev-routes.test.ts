import { describe, expect, it } from "vitest";
import type { SimNodeInput } from "../options.ts";
import { BASE_MODEL, LONG, SLOW, type TestNode, TRAINED, testNodes, writeAdapter } from "../testing/node-fixture.ts";
import { recorded } from "../testing/recorded.ts";

const startAny = testNodes();
const start = (input: Partial<SimNodeInput> = {}) => startAny({ devMode: true, ...input });

const ask = { messages: [{ role: "user", content: "hello" }], max_tokens: 4 };
const rpc = async (node: TestNode, method: string, args: readonly unknown[] = []) =>
  (await node.post("/collective_rpc", { method, args })).text;

describe("developer mode", () => {
  it("lists, removes and pins resident adapters by id, as recorded", async () => {
    const node = await start({ maxLoras: 2, maxCpuLoras: 3 });
    await node.load("a", TRAINED[0]);
    await node.unload("a");
    const real = recorded("dev-mode");
    expect(await rpc(node, "list_loras")).toBe(real["list-loras-empty"]?.response.body);
    for (const seed of ["b", "c", "d"]) await node.load(seed, await writeAdapter({ seed }));
    expect(await rpc(node, "list_loras")).toBe(real["list-loras"]?.response.body);
    expect(await rpc(node, "remove_lora", [4])).toBe('{"results":[true]}');
    expect([await rpc(node, "remove_lora", [4]), await rpc(node, "list_loras")]).toEqual([
      '{"results":[false]}',
      '{"results":[[2,3]]}',
    ]);
    expect((await node.chat({ model: "d", ...ask })).status).toBe(200);
    expect(await rpc(node, "pin_lora", [3])).toBe('{"results":[true]}');
    for (const seed of ["e", "f", "g"]) await node.load(seed, await writeAdapter({ seed }));
    expect(node.node.inspect().gpu).toContain("c");
    expect((await node.post("/collective_rpc", { method: "pin_lora", args: [99] })).status).toBe(500);
    expect((await node.post("/collective_rpc", {})).status).toBe(400);
    expect((await node.post("/collective_rpc", { method: "no_such" })).status).toBe(500);
  });

  it("tells the limits as text or JSON, without a key", async () => {
    const node = await start({ apiKey: "k", maxLoras: 3, maxCpuLoras: 5, maxLoraRank: 32 });
    expect((await node.get("/server_info?config_format=json")).json()).toMatchObject({
      vllm_config: { lora_config: { max_loras: 3, max_cpu_loras: 5, max_lora_rank: 32 } },
    });
    expect((await node.get("/server_info")).json()).toMatchObject({
      vllm_config: expect.stringContaining("max_lora_rank=32, max_loras=3, max_cpu_loras=5"),
    });
  });

  it("resets the prefix cache, and says so since 0.14", async () => {
    const node = await start();
    const prompt = {
      model: BASE_MODEL,
      messages: [{ role: "user", content: "a question of some length, twice over" }],
    };
    const hits = async () =>
      (await node.metric(`vllm:prefix_cache_hits_total{engine="0",model_name="${BASE_MODEL}"}`)) ?? 0;
    await node.chat(prompt);
    await node.chat(prompt);
    const before = await hits();
    expect(before).toBeGreaterThan(0);
    expect((await node.post("/reset_prefix_cache", {})).text).toBe(
      recorded("dev-mode")["reset-prefix-cache"]?.response.body,
    );
    await node.chat(prompt);
    expect(await hits()).toBe(before);
    expect(await (await start({ engineVersion: "0.7.0" })).post("/reset_prefix_cache", {})).toMatchObject({
      status: 200,
      text: "",
    });
  });

  it("pauses and resumes; a pause ends what runs unless it is told to wait", async () => {
    const node = await start({ speed: SLOW });
    const running = node.chat({ ...ask, model: BASE_MODEL, ...LONG });
    await node.untilRunning(1);
    expect((await node.post("/pause", {})).json()).toEqual({ status: "paused" });
    expect((await running).json()).toMatchObject({ choices: [{ finish_reason: "abort" }] });
    expect((await node.get("/is_paused")).json()).toEqual({ is_paused: true });
    const waiting = node.chat({ model: BASE_MODEL, ...ask });
    expect((await node.load("a", TRAINED[0])).status).toBe(200);
    expect((await node.post("/resume", {})).json()).toEqual({ status: "resumed" });
    expect((await waiting).status).toBe(200);
  });

  it("ends requests by the id of their stream, or all", async () => {
    const node = await start({ speed: SLOW });
    const body = { ...ask, model: BASE_MODEL, ...LONG };
    const ended = node.chat({ ...body, stream: true });
    const going = node.chat(body);
    await node.untilRunning(2);
    expect((await node.post("/abort_requests", { request_ids: ["chatcmpl-unknown"] })).status).toBe(200);
    await node.untilRunning(2);
    expect((await node.post("/abort_requests", {})).status).toBe(200);
    expect((await ended).text).toContain('"finish_reason":"abort"');
    expect((await going).json()).toMatchObject({ choices: [{ finish_reason: "abort" }] });
  });

  it("forgets every adapter's weights, but no name, when it wakes from level 2", async () => {
    const node = await start();
    await node.load("a", TRAINED[0]);
    const asleep = `vllm:engine_sleep_state{engine="0",model_name="${BASE_MODEL}",sleep_state="discard_all"}`;
    expect((await node.post("/sleep?level=2", {})).status).toBe(200);
    expect([(await node.get("/is_sleeping")).json(), await node.metric(asleep)]).toEqual([{ is_sleeping: true }, 1]);
    expect((await node.post("/wake_up", {})).status).toBe(200);
    expect([(await node.get("/is_sleeping")).json(), await node.metric(asleep)]).toEqual([{ is_sleeping: false }, 0]);
    expect(node.node.inspect().cpu).toEqual([]);
    expect((await node.chat({ model: "a", ...ask })).status).toBe(200);
    expect(node.node.inspect().cpu).toEqual(["a"]);
    await node.post("/sleep?level=1", {});
    await node.post("/wake_up", {});
    expect(node.node.inspect().cpu).toEqual(["a"]);
  });
});

describe("doors that a flag opens", () => {
  it("are closed unless asked for", async () => {
    const node = await start({ devMode: false });
    for (const path of ["/tokenizer_info", "/server_info", "/is_paused", "/is_sleeping"])
      expect([path, (await node.get(path)).status]).toEqual([path, 404]);
    for (const path of ["/collective_rpc", "/pause", "/sleep", "/reset_prefix_cache"])
      expect([path, (await node.post(path, {})).status]).toEqual([path, 404]);
  });

  it("/tokenizer_info gives the tokenizer's settings and the chat template", async () => {
    const node = await start({ devMode: false, tokenizerInfo: true });
    expect((await node.get("/tokenizer_info")).json()).toMatchObject({
      tokenizer_class: expect.any(String),
      chat_template: expect.stringContaining("{%"),
    });
  });

  it("/load counts what is under way, 0 unless it is tracked", async () => {
    for (const tracksLoad of [false, true]) {
      const node = await start({ devMode: false, tracksLoad, speed: SLOW });
      const running = node.chat({ ...ask, model: BASE_MODEL, ...LONG });
      await node.untilRunning(1);
      expect((await node.get("/load")).json()).toEqual({ server_load: tracksLoad ? 1 : 0 });
      await running;
    }
  });
});
