import { describe, expect, it } from "vitest";
import { sideConditions } from "../conditions/side-conditions.ts";
import { findExpiry, findOriginChange, findOvertaking } from "./expiry.ts";

const pool = {
  ...{ baseModel: "meta-llama/Llama-3.1-8B-Instruct", baseRevision: "abc", chatTemplateChecksum: "c0" },
  ...{ toolParser: "llama3_json", dtype: "bfloat16", maxModelLen: 8192, maxLoras: 12, maxLoraRank: 16 },
};
const node = { id: "node_1", name: "node-1", standalone: false, gpu: "A100", engineVersion: "0.32.0" };
const conditions = (change: Partial<typeof pool> = {}, nodes = [node]) =>
  sideConditions({ suiteHash: "a1b2c3d4", pool: { ...pool, ...change }, nodes, concurrency: 32 });
const suite = { name: "Gate", revision: 2, newestRevision: 2 };
const expiry = (now: ReturnType<typeof conditions>, newestRevision = 2) =>
  findExpiry({ found: conditions(), now, suite: { ...suite, newestRevision } });

describe("findExpiry", () => {
  it("lets a verdict stand while nothing changed that can change an answer", () => {
    expect(expiry(conditions())).toEqual([]);
    expect(expiry(conditions({}, [node, { ...node, id: "node_2", name: "node-2" }]))).toEqual([]);
  });

  it.each<[string, ReturnType<typeof conditions>, string]>([
    ["the base's revision", conditions({ baseRevision: "def" }), "The base model changed"],
    ["the tool parser", conditions({ toolParser: "hermes" }), "The tool parser changed: llama3_json → hermes."],
    ["the chat template", conditions({ chatTemplateChecksum: "c1" }), "The chat template changed: c0 → c1."],
    ["the slots", conditions({ maxLoras: 15 }), "The pool's max_loras changed: 12 → 15."],
    ["the padded rank", conditions({ maxLoraRank: 64 }), "The pool's max_lora_rank changed: 16 → 64."],
    [
      "an engine of one node of two",
      conditions({}, [node, { ...node, engineVersion: "0.33.0" }]),
      "The engine version changed: 0.32.0 → 0.32.0, 0.33.0.",
    ],
    ["the GPU", conditions({}, [{ ...node, gpu: "H100" }]), "The GPU changed: A100 → H100."],
  ])("expires it with %s", (_, now, words) => {
    expect(expiry(now)).toEqual([expect.stringContaining(words)]);
  });

  it("expires it with a newer revision of its suite", () => {
    expect(expiry(conditions(), 3)).toEqual(["The suite Gate has a newer revision: 2 → 3."]);
  });

  it("takes what is unknown now for no change, and what was unknown then for one", () => {
    expect(expiry(conditions({}, []))).toEqual([]);
    const then = { ...conditions(), engineSettings: "unknown", gateVersion: "1" };
    expect(findExpiry({ found: then, now: conditions(), suite })).toEqual([
      "The gate's rule changed: 1 → 2.",
      "The pool's settings of then are not on record.",
    ]);
  });
});

describe("findOriginChange", () => {
  const then = { name: "Acme's", baseUrl: "https://a.test/v1", model: "gpt-x" };
  it.each([
    [{ baseUrl: then.baseUrl, model: then.model }, []],
    [null, []],
    [
      { baseUrl: "https://b.test/v1", model: "gpt-x" },
      ["The address of Acme's changed: https://a.test/v1 → https://b.test/v1."],
    ],
    [{ baseUrl: then.baseUrl, model: "gpt-y" }, ["The model of Acme's changed: gpt-x → gpt-y."]],
  ])("%j", (now, changes) => {
    expect(findOriginChange(then, now)).toEqual(changes);
  });
});

describe("findOvertaking", () => {
  const run = { versionId: "ver_3", baselineVersionId: "ver_1" };
  it("expires a verdict once customers have something that it was not measured against", () => {
    expect(findOvertaking({ ...run, live: { id: "ver_2", number: 2 } })).toEqual([
      "Version 2 is live now, and it was not measured against that one.",
    ]);
    expect(findOvertaking({ ...run, baselineVersionId: null, live: { id: "ver_2", number: 2 } })).toHaveLength(1);
  });

  it("lets it stand while nothing is live, its baseline is, or it is itself", () => {
    expect(findOvertaking({ ...run, live: null })).toEqual([]);
    expect(findOvertaking({ ...run, live: { id: "ver_1", number: 1 } })).toEqual([]);
    expect(findOvertaking({ ...run, live: { id: "ver_3", number: 3 } })).toEqual([]);
  });
});
