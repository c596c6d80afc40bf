import { describe, expect, it } from "vitest";
import { judgeOnboarding, type NodeFacts } from "./judge-onboarding.ts";

const BASE = "meta-llama/Llama-3.1-8B-Instruct";
const good: NodeFacts = {
  version: "0.32.0",
  cards: [{ id: BASE, root: "/models/llama", parent: null }],
  simulated: false,
  engineHealthy: true,
  canLoad: true,
  unknownModelStatus: 404,
  processStart: new Date(0),
  hasKey: true,
};
const judge = (change: Partial<NodeFacts> = {}) => judgeOnboarding({ ...good, ...change }, { baseModel: BASE });
const codesOf = (change: Partial<NodeFacts>) => judge(change).problems.map(({ field, code }) => `${field} ${code}`);
const warningsOf = (change: Partial<NodeFacts>) =>
  judge(change)
    .findings.filter(({ severity }) => severity === "warning")
    .map(({ code }) => code);

describe("judgeOnboarding", () => {
  it("lets a good node in without a warning", () => {
    expect(judge().problems).toEqual([]);
    expect(warningsOf({})).toEqual([]);
  });

  it.each<[string, Partial<NodeFacts>]>([
    ["engine_dead", { engineHealthy: false }],
    ["base_model_mismatch", { cards: [{ id: "other", root: "other", parent: null }] }],
    ["base_model_mismatch", { cards: [] }],
    ["lora_updates_off", { canLoad: false }],
    ["serves_unknown_names", { unknownModelStatus: 200 }],
  ])("refuses: %s", (code, change) => {
    expect(codesOf(change)).toEqual([`baseUrl ${code}`]);
    expect(judge(change).problems.every(({ fix }) => fix.length > 0)).toBe(true);
  });

  it.each<[string, Partial<NodeFacts>]>([
    ["engine_wrong_adapter_under_load", { version: "0.24.0" }],
    ["engine_version_unknown", { version: null }],
    ["no_api_key", { hasKey: false }],
    ["process_start_hidden", { processStart: null }],
    ["listing_without_paths", { cards: [...good.cards, { id: "a", parent: BASE }] }],
  ])("warns: %s", (code, change) => {
    expect(judge(change).problems).toEqual([]);
    expect(warningsOf(change)).toEqual([code]);
  });
});
