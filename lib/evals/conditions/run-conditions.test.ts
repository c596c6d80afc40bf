import { describe, expect, it } from "vitest";
import { compareConditions, type RunConditions } from "./run-conditions.ts";

const conditions: RunConditions = {
  suiteHash: "a1",
  normaliserVersion: "1",
  baseModel: "meta-llama/Llama-3.1-8B-Instruct",
  vllmVersion: "0.27.1",
  nodeGpu: "A100-80GB",
  toolParser: "llama3_json",
  chatTemplateChecksum: "c0",
  engineSettings: "dtype=bfloat16 max_loras=12",
  gateVersion: "2",
  sampling: {
    greedy: { temperature: 0, topP: 1, seeds: [0], maxTokens: 512, takes: 1 },
    sampled: { temperature: 0.7, topP: 0.95, seeds: [1, 2], maxTokens: 512, takes: 1 },
  },
  concurrency: 4,
};

describe("compareConditions", () => {
  it("finds nothing between equal sides", () => {
    expect(compareConditions(conditions, structuredClone(conditions))).toEqual([]);
  });

  it.each([
    ["suiteHash", "b2"],
    ["normaliserVersion", "2"],
    ["baseModel", "other"],
    ["vllmVersion", "0.27.0"],
    ["nodeGpu", "H100"],
    ["toolParser", "hermes"],
    ["chatTemplateChecksum", "c1"],
    ["concurrency", 8],
  ])("names %s", (name, value) => {
    expect(compareConditions(conditions, { ...conditions, [name]: value })).toEqual([name]);
  });

  it("compares of a deployment of others only what it was asked", () => {
    const unknown = { baseModel: "unknown", vllmVersion: "unknown", nodeGpu: "unknown", engineSettings: "unknown" };
    const about = { endpointId: "end_1", name: "Acme's", baseUrl: "https://api.example.com/v1", model: "gpt-x" };
    const origin = { ...conditions, ...unknown, concurrency: 8, origin: { ...about, answeredAs: [] } };
    expect(compareConditions(origin, conditions)).toEqual([]);
    expect(compareConditions({ ...origin, suiteHash: "b2" }, conditions)).toEqual(["suiteHash"]);
  });

  it("names the decoding mode whose sampling differs, or that one side lacks", () => {
    const { sampled: _, ...greedyOnly } = conditions.sampling;
    expect(compareConditions(conditions, { ...conditions, sampling: greedyOnly })).toEqual(["sampling.sampled"]);
    const reseeded = { temperature: 0, topP: 1, seeds: [1], maxTokens: 512, takes: 1 };
    expect(
      compareConditions(conditions, { ...conditions, sampling: { ...conditions.sampling, greedy: reseeded } }),
    ).toEqual(["sampling.greedy"]);
  });
});
