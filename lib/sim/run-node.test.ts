import { describe, expect, it } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { demoNodes } from "./demo-nodes.ts";
import { parseSimArgs, runSimNode } from "./run-node.ts";
import { BASE_MODEL, MODEL_DIR } from "./testing/node-fixture.ts";

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
    ]);
    expect(nodes.map((node) => [node.url, node.standalone])).toEqual([
      ["http://127.0.0.1:8100", false],
      ["http://127.0.0.1:8101", false],
      ["http://127.0.0.1:8102", true],
    ]);
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
});
