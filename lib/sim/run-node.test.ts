import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { demoNodes } from "./demo-nodes.ts";
import { parseSimArgs, runSimNode } from "./run-node.ts";
import { BASE_MODEL, MODEL_DIR, TRAINED, writeAdapter } from "./testing/node-fixture.ts";

describe("parseSimArgs", () => {
  it("reads what demoNodes writes", () => {
    const nodes = demoNodes({
      port: 8100,
      baseModel: BASE_MODEL,
      modelDir: MODEL_DIR,
      scenarioFile: "/s.json",
      speed: 2,
    });
    expect(nodes.map((node) => parseSimArgs(node.args))).toMatchObject([
      { port: 8100, name: "a100-1", maxLoras: 12, maxCpuLoras: 48, maxLoraRank: 16, speed: 2, scenarioFile: "/s.json" },
      { port: 8101, name: "a100-2", maxLoras: 12, maxCpuLoras: 48 },
      { port: 8102, name: "standalone-1", maxLoras: 2, maxCpuLoras: 4 },
      { port: 8103, name: "origin-1", maxLoras: 1, maxCpuLoras: 1 },
    ]);
    expect(nodes.map((node) => [node.url, node.standalone, node.isOrigin])).toEqual([
      ["http://127.0.0.1:8100", false, false],
      ["http://127.0.0.1:8101", false, false],
      ["http://127.0.0.1:8102", true, false],
      ["http://127.0.0.1:8103", false, true],
    ]);
  });

  it("starts the demo's nodes with the control API and the plugin, and takes faults and vLLM's other doors", () => {
    const base = ["--port", "1", "--base-model", "b", "--model-dir", "d"];
    const [demo] = demoNodes({ port: 1, baseModel: "b", modelDir: "d", scenarioFile: "/s", speed: 1 });
    expect(parseSimArgs(demo?.args ?? [])).toMatchObject({ control: true, plugin: true, devMode: false, faults: [] });
    expect(parseSimArgs(base)).toMatchObject({ control: false, plugin: true, enablesLora: true });
    const flags = ["--no-plugin", "--dev-mode", "--tokenizer-info", "--no-lora", "--no-runtime-lora", "--track-load"];
    const fault = ["--fault", '{"kind":"slow","delayMs":5}', "--fault", '{"kind":"refuse","times":1}'];
    expect(parseSimArgs([...base, ...flags, ...fault])).toMatchObject({
      plugin: false,
      devMode: true,
      tokenizerInfo: true,
      enablesLora: false,
      allowsRuntimeLora: false,
      tracksLoad: true,
      faults: [
        { kind: "slow", delayMs: 5 },
        { kind: "refuse", times: 1 },
      ],
    });
    expect(() => parseSimArgs([...base, "--fault", '{"kind":"flood"}'])).toThrow("not a fault");
  });

  it("names every flag that is missing or wrong", () => {
    expect(() => parseSimArgs(["--port", "x", "--base-model", "b"])).toThrow(/--port: .*\n {2}--model-dir: /);
    expect(() => parseSimArgs(["--max-lora", "3"])).toThrow("--max-lora");
  });
});

describe("runSimNode", () => {
  it("returns 0 when it is told to stop", async () => {
    const stopping = new AbortController();
    const args = ["--port", "0", "--base-model", BASE_MODEL, "--model-dir", MODEL_DIR];
    const code = runSimNode(args, { log: silentLog, signal: stopping.signal, apiKey: null });
    stopping.abort();
    expect(await code).toBe(0);
  });

  it("ends with 1 when the engine dies, as a server whose engine is gone does", async () => {
    const path = await writeAdapter({ seed: "gone" });
    const port = String(20_000 + (process.pid % 20_000));
    const args = ["--port", port, "--base-model", BASE_MODEL, "--model-dir", MODEL_DIR, "--max-loras", "1"];
    const code = runSimNode([...args, "--max-cpu-loras", "1", "--speed", "1000"], {
      log: silentLog,
      signal: new AbortController().signal,
      apiKey: null,
    });
    const post = (route: string, body: object) =>
      fetch(`http://127.0.0.1:${port}${route}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    await expect.poll(() => post("/ping", {}).catch(() => null), { interval: 5 }).not.toBeNull();
    for (const [name, from] of [["gone", path] as const, ["other", TRAINED[0]] as const])
      expect((await post("/v1/load_lora_adapter", { lora_name: name, lora_path: from })).status).toBe(200);
    await rm(path, { recursive: true });
    expect((await post("/v1/completions", { model: "gone", prompt: "hi", max_tokens: 1 })).status).toBe(500);
    expect(await code).toBe(1);
    await expect(post("/ping", {})).rejects.toThrow();
  });
});
