import { describe, expect, it } from "vitest";
import { chatTemplateChecksum } from "#lib/pools/fingerprint.ts";
import { DOORS, type DoorState } from "#lib/vllm/open-doors.ts";
import type { OnboardingFinding } from "../schema.ts";
import { BASE, goodFacts } from "../testing/node-facts.ts";
import { judgeDelivery } from "./judge-delivery.ts";
import { judgeEngine } from "./judge-engine.ts";
import { limitsOf } from "./judge-limits.ts";
import { judgeOnboarding, type NodeFacts, type PoolToJoin, refusals } from "./judge-onboarding.ts";

const TEMPLATE = "{% for message in messages %}{{ message.content }}{% endfor %}";
const pool: PoolToJoin = {
  baseModel: BASE,
  maxLoras: 12,
  maxCpuLoras: 48,
  maxLoraRank: 16,
  maxModelLen: 8192,
  tokens: {
    vocabSize: 128_000,
    chatTemplateChecksum: chatTemplateChecksum(TEMPLATE),
    first: { nodeName: "a100-1", tokenizer: "aa".repeat(32), chatTemplate: "bb".repeat(32) },
  },
};
const judge = (change: Partial<NodeFacts> = {}, to: PoolToJoin | null = pool) =>
  judgeOnboarding({ ...goodFacts, ...change }, to);
const codes = (findings: readonly OnboardingFinding[], severity: OnboardingFinding["severity"]) =>
  findings.filter((finding) => finding.severity === severity).map(({ code }) => code);
const card = (change: object) => [{ id: BASE, root: "/models/llama", parent: null, max_model_len: 8192, ...change }];
const door = (path: string, state: DoorState) =>
  new Map(DOORS.map((d) => [d.path, d.path === path ? state : "closed"]));

describe("judgeOnboarding", () => {
  it("has nothing to say against a good node, and nothing that it does not know", () => {
    const findings = judge();
    expect(findings.every(({ severity }) => severity === "pass")).toBe(true);
    expect(refusals(findings)).toEqual([]);
    expect(new Set(findings.map(({ code }) => code)).size).toBe(findings.length);
  });

  it.each<[string, Partial<NodeFacts>]>([
    ["engine_dead", { engineHealthy: false }],
    ["base_model_mismatch", { cards: card({ id: "other", root: "other" }) }],
    ["base_model_mismatch", { cards: [] }],
    ["lora_updates_off", { canLoad: false }],
    ["lora_off", { loraEnabled: false }],
    ["serves_unknown_names", { unknownModelStatus: 200 }],
    ["max_model_len_too_small", { cards: card({ max_model_len: 4096 }) }],
    ["tokenizer_mismatch", { largestTokenId: 128_000 }],
    ["tokenizer_mismatch", { fingerprints: { ...goodFacts.fingerprints, tokenizer: "cc".repeat(32) } }],
  ])("refuses, by field and with the fix: %s", (code, change) => {
    const problems = refusals(judge(change));
    expect(problems.map((found) => `${found.field} ${found.code}`)).toEqual([`baseUrl ${code}`]);
    expect(problems.every(({ fix }) => fix.length > 0)).toBe(true);
  });

  it.each<[string, Partial<NodeFacts>]>([
    ["no_api_key", { asksForKey: false }],
    ["process_start_hidden", { processStart: null }],
    ["listing_without_paths", { cards: [...goodFacts.cards, { id: "a", parent: BASE }] }],
    ["several_engines", { engines: 2 }],
    ["clock_skew", { clockSkewSeconds: 5.2 }],
    ["clock_skew", { clockSkewSeconds: -300 }],
    ["max_model_len_larger", { cards: card({ max_model_len: 16_384 }) }],
    ["limit_differs", { visible: { ...goodFacts.visible, maxLoras: 4 } }],
    ["limit_differs", { visible: { ...goodFacts.visible, maxLoraRank: 8 } }],
    ["no_chat_template", { fingerprints: { ...goodFacts.fingerprints, chatTemplate: null } }],
    ["chat_template_differs", { fingerprints: { ...goodFacts.fingerprints, chatTemplate: "dd".repeat(32) } }],
    ["chat_template_differs", { chatTemplate: `${TEMPLATE} !` }],
    [
      "tool_calls_off",
      { toolProbe: { kind: "refused", status: 400, message: "… requires --enable-auto-tool-choice" } },
    ],
    ["chat_refused", { toolProbe: { kind: "refused", status: 400, message: "no" } }],
    ["tool_parser_mismatch", { toolProbe: { kind: "text", looksLikeCall: true } }],
    ["open_adapters", { doors: door("/adapters", "open") }],
    ["open_invocations", { doors: door("/invocations", "open") }],
    ["open_collective_rpc", { doors: door("/collective_rpc", "open") }],
    ["open_pause", { doors: door("/pause", "open") }],
    ["open_sleep", { doors: door("/sleep", "open") }],
    ["open_server_info", { doors: door("/server_info", "open") }],
  ])("warns and lets in: %s", (code, change) => {
    const findings = judge(change);
    expect(refusals(findings)).toEqual([]);
    expect(codes(findings, "warning")).toEqual([code]);
    expect(findings.find((finding) => finding.code === code)?.fix).not.toBe("");
  });

  it.each<[string, Partial<NodeFacts>]>([
    ["lora_loading", { loraEnabled: null }],
    ["clock_skew", { clockSkewSeconds: null }],
    ["max_model_len", { cards: card({ max_model_len: null }) }],
    ["limits_declared", { visible: { ...goodFacts.visible, maxCpuLoras: null, maxLoraRank: null } }],
    ["tokenizer", { fingerprints: { ...goodFacts.fingerprints, tokenizer: null } }],
    ["tool_calls", { toolProbe: { kind: "text", looksLikeCall: false } }],
    ["tool_calls", { toolProbe: { kind: "no_answer", message: "nothing" } }],
    ["open_paths_unknown", { doors: door("/pause", "unknown") }],
  ])("says that it does not know: %s", (code, change) => {
    expect(codes(judge(change), "unknown")).toEqual([code]);
  });

  it("compares a chat template by its text where the node hands it out", () => {
    const told = judge({ chatTemplate: TEMPLATE, fingerprints: { ...goodFacts.fingerprints, chatTemplate: "ee" } });
    expect(told.find(({ code }) => code === "chat_template")).toMatchObject({ severity: "pass" });
  });

  it("has nothing to compare the first node of a pool with, and says so", () => {
    const first = judge({}, { ...pool, tokens: { ...pool.tokens, first: null } });
    expect(codes(first, "unknown")).toEqual(["tokenizer", "chat_template"]);
    expect(refusals(first)).toEqual([]);
  });

  it("holds nothing against a node without a pool but what is wrong with any node", () => {
    expect(refusals(judge({ cards: card({ id: "anything" }) }, null))).toEqual([]);
    expect(refusals(judge({ canLoad: false }, null)).map(({ code }) => code)).toEqual(["lora_updates_off"]);
  });
});

describe("limitsOf", () => {
  it("says of each limit whether it was seen or taken on trust", () => {
    const facts = { ...goodFacts, visible: { ...goodFacts.visible, maxLoras: 4, maxCpuLoras: null } };
    expect(limitsOf(facts, pool)).toEqual({
      maxLoras: { value: 4, source: "measured" },
      maxCpuLoras: { value: 48, source: "declared" },
      maxLoraRank: { value: 16, source: "measured" },
      maxModelLen: { value: 8192, source: "measured" },
    });
  });
});

describe("judgeEngine", () => {
  it("warns of what makes a release unsafe, with the fix", () => {
    expect(codes(judgeEngine({ version: "0.32.0" }), "warning")).toEqual([]);
    expect(codes(judgeEngine({ version: "0.24.0" }), "warning")).toEqual([
      "engine_wrong_adapter_under_load",
      "engine_profile_nearest",
    ]);
    expect(codes(judgeEngine({ version: null }), "warning")).toEqual(["engine_version_unknown"]);
  });

  it("warns of a CPU where it is known to be one", () => {
    const warnings = (engine: Parameters<typeof judgeEngine>[0]) => codes(judgeEngine(engine), "warning");
    const version = "0.32.0";
    expect(warnings({ version, backend: "cpu" })).toEqual(["engine_cpu_base_rows"]);
    expect(warnings({ version, gpu: "CPU (2 cores)" })).toEqual(["engine_cpu_base_rows"]);
    expect(warnings({ version, backend: "cpu_likely" })).toEqual(["engine_cpu_base_rows", "engine_device_guessed"]);
    expect(warnings({ version, backend: "cpu_likely", gpu: "A100" })).toEqual([]);
  });

  it("says so where the device is not known", () => {
    const unknowns = (gpu: string | null) => codes(judgeEngine({ version: "0.32.0", gpu }), "unknown");
    expect([unknowns(null), unknowns("A100")]).toEqual([["engine_device_unknown"], []]);
  });
});

describe("judgeDelivery", () => {
  const places = { adapterStore: "/var/lib/adapters", adapterDirectory: "/data/tenant_adapters" };
  it("names the path that the node read, and the mount that is missing", () => {
    const path = "/data/tenant_adapters/0--delivery/0123456789ab";
    const finding = judgeDelivery({ kind: "not_seen", path, message: "No adapter found" }, places);
    expect(finding).toMatchObject({ severity: "warning", message: expect.stringContaining(path) });
    expect(finding.fix).toContain("(/var/lib/adapters here) on the node at /data/tenant_adapters");
  });

  it("passes only what was proven", () => {
    expect(judgeDelivery({ kind: "proven", path: "/x" }, places).severity).toBe("pass");
    expect(judgeDelivery({ kind: "in_use", adapters: 3 }, places).severity).toBe("pass");
    for (const why of ["no_pool", "unknown_shapes", "problems", "unsafe"] as const)
      expect(judgeDelivery({ kind: "not_tried", why }, places).severity).toBe("unknown");
    expect(judgeDelivery({ kind: "failed", path: "/x", message: "m" }, places).severity).toBe("warning");
  });

  it("refuses a node that does not verify what it loads, where nodes fetch", () => {
    const unguarded = judgeDelivery({ kind: "unguarded", path: "/x/0--inspection/0", message: "m" }, places);
    expect(unguarded).toMatchObject({
      code: "fetch_unverified",
      severity: "problem",
      fix: expect.stringContaining("SWITCHYARD_ADAPTER_DIR=/data/tenant_adapters"),
    });
    const problem = { code: "fetch_not_configured", message: "no key", fix: "Make a key." };
    expect(judgeDelivery({ kind: "guarded", problem }, places)).toMatchObject({
      severity: "warning",
      fix: "Make a key.",
    });
    expect(judgeDelivery({ kind: "guarded", problem: null }, places).severity).toBe("pass");
  });
});
