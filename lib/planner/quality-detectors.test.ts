import { describe, expect, it } from "vitest";
import { batchMinute, comparableMinutes } from "./batch-minutes.ts";
import { detectAnswerChange } from "./detect-answer-change.ts";
import { detectBatchComposition } from "./detect-batch-composition.ts";
import { detectMismatch } from "./detect-mismatch.ts";
import type { Judgement } from "./judgement.ts";
import type { BatchMinute, JudgedMode, JudgedRun, JudgedVersion } from "./pool-facts.ts";
import { NOW, nodeFacts, poolFacts } from "./testing/pool-facts.ts";

const only = ({ seen }: Judgement) => {
  const [found, ...more] = seen;
  if (!found || more.length > 0) throw new Error(`${seen.length} findings`);
  return found;
};

describe("mismatch", () => {
  const report = [
    { code: "tokenizer_mismatch", severity: "problem", message: "It makes other tokens.", fix: "Use its own files." },
    { code: "chat_template", severity: "pass", message: "The same.", fix: null },
  ] as const;

  it("tells of a node whose tokens are not its pool's, as critical, with the launch command", () => {
    const { body, severity, nodeId } = only(detectMismatch(poolFacts({ nodes: [nodeFacts({ report })] })));
    expect({ severity, nodeId }).toEqual({ severity: "critical", nodeId: "node_1" });
    expect(body.sentence).toBe("a100-1 is not what its pool says: It makes other tokens.");
    expect(body.fix.sentence).toContain("Use its own files.");
    expect(body.fix.action?.href).toBe("/pools/pool_1/launch");
  });

  it("tells of a node with another base model, and of one with another template", () => {
    const condition = {
      type: "BaseModelMatches",
      status: "false",
      reason: "other_base",
      message: "It serves another base.",
      lastTransitionTime: NOW.toISOString(),
    } as const;
    expect(only(detectMismatch(poolFacts({ nodes: [nodeFacts({ conditions: [condition] })] }))).severity).toBe(
      "critical",
    );
    const other = [{ code: "chat_template_differs", severity: "warning", message: "Other.", fix: null }] as const;
    expect(only(detectMismatch(poolFacts({ nodes: [nodeFacts({ report: other })] }))).severity).toBe("warning");
  });

  it("tells of a version that was refused, with its report", () => {
    const problems = [{ title: "Another tokenizer", message: "Its checksum differs.", fix: "Export it again." }];
    const version = { versionId: "ver_1", adapterId: "adp_1", tenantId: "ten_1", name: "acme / bot v3", problems };
    const { body, severity, subject, tenantId } = only(detectMismatch(poolFacts({ rejected: [version] })));
    expect({ severity, subject, tenantId }).toEqual({
      severity: "notice",
      subject: { type: "version", id: "ver_1", name: "acme / bot v3" },
      tenantId: "ten_1",
    });
    expect(body.sentence).toBe("acme / bot v3 was refused: Another tokenizer; it never reached a node.");
    expect(body.fix).toMatchObject({
      sentence: "Export it again.",
      action: { href: "/adapters/adp_1/versions/ver_1" },
    });
  });

  it("says nothing of nodes that are as their pool says, and is blind to those that nobody inspected", () => {
    const pass = [{ code: "tokenizer", severity: "pass", message: "The same.", fix: null }] as const;
    expect(
      detectMismatch(poolFacts({ nodes: [nodeFacts({ report: pass }), nodeFacts({ id: "node_2", report: null })] })),
    ).toEqual({
      seen: [],
      blind: [{ pitfall: "mismatch", nodeId: "node_2" }],
    });
  });
});

describe("answer change", () => {
  const mode = (outcome: JudgedMode["outcome"], change: Partial<JudgedMode> = {}): JudgedMode => ({
    outcome,
    n: 200,
    prompts: 200,
    missing: 0,
    invalid: 0,
    netRegression: outcome === "fail" ? 0.02 : 0,
    ...change,
  });
  const run = (greedy: JudgedMode, sampled: JudgedMode, change: Partial<JudgedRun> = {}): JudgedRun => ({
    suiteId: "sui_1",
    at: NOW,
    simulated: true,
    modes: { greedy, sampled },
    conditions: { vllmVersion: "0.32.0", nodeGpu: "A100", baseline: null },
    ...change,
  });
  const version = (runs: JudgedRun[], isLive = true): JudgedVersion => ({
    versionId: "ver_1",
    adapterId: "adp_1",
    tenantId: "ten_1",
    name: "acme / bot v2",
    isLive,
    runs,
  });
  const pass = run(mode("pass"), mode("pass"));
  const seen = (...runs: JudgedRun[]) => detectAnswerChange(poolFacts({ judged: [version(runs)] }));

  it("tells which way of decoding fell, from what to what, and what else differs", () => {
    const conditions = { vllmVersion: "0.33.0", nodeGpu: "A100", baseline: null };
    const { body, severity, subject } = only(seen(run(mode("fail"), mode("pass"), { conditions }), pass));
    expect({ severity, subject }).toEqual({
      severity: "critical",
      subject: { type: "version", id: "ver_1", name: "acme / bot v2" },
    });
    expect(body.sentence).toContain(
      "acme / bot v2 answers otherwise than when it was judged before: greedy fails where it passed",
    );
    expect(body.cause).toContain("vLLM's release changed in between");
    expect(body.evidence.map(({ label, figure }) => [label, figure.value, figure.coverage])).toEqual([
      ["Before, greedy", 0, { seen: 200, of: 200 }],
      ["Now, greedy", 0.02, { seen: 200, of: 200 }],
    ]);
    expect(body.fix.action?.href).toBe("/adapters/adp_1/versions/ver_1/gate");
  });

  it("judges sampled apart, and a version that serves nobody less gravely", () => {
    const fell = version([run(mode("pass"), mode("inconclusive")), pass], false);
    const { body, severity } = only(detectAnswerChange(poolFacts({ judged: [fell] })));
    expect(severity).toBe("warning");
    expect(body.sentence).toContain("sampled is inconclusive where it passed");
  });

  it.each<[string, JudgedRun[]]>([
    ["the same verdict twice", [pass, pass]],
    ["a verdict that rose", [pass, run(mode("fail"), mode("fail"))]],
    ["other prompts", [run(mode("fail"), mode("fail"), { suiteId: "sui_2" }), pass]],
    ["answers that never came", [run(mode("inconclusive", { missing: 9 }), mode("inconclusive", { n: 0 })), pass]],
    ["one verdict", [run(mode("fail"), mode("fail"))]],
    ["none", []],
  ])("says nothing of %s", (_what, runs) => {
    expect(seen(...runs)).toEqual({ seen: [], blind: [] });
  });
});

describe("batch composition", () => {
  const minutes = (count: number, adapters: number, tokensPerSecond: number, by: BatchMinute["by"] = "steps") =>
    Array.from({ length: count }, () => ({ by, adapters, tokensPerSecond }));

  it("compares a node with itself, and groups requests of one adapter", () => {
    const node = nodeFacts({ batches: [...minutes(3, 10, 1_500), ...minutes(4, 2, 2_000)] });
    const { body, severity } = only(detectBatchComposition(poolFacts({ nodes: [node] })));
    expect(severity).toBe("warning");
    expect(body.sentence).toContain(
      "a100-1: with 10 distinct adapters a batch of 12 slots it makes 1500 tok/s, 25 % under its 2000 with few",
    );
    expect(body.evidence.map(({ figure }) => figure.source)).toEqual(["inferred", "measured", "measured"]);
    expect(body.fix.command).toContain(`-d '{"maxBatchWaitMs":50}'`);
    expect(body.fix.command).toContain(`if-match: "g1"`);
  });

  it("says of a node without the plugin how it is known, and that a batch may hold fewer", () => {
    const node = nodeFacts({ batches: [...minutes(3, 10, 1_500, "scrapes"), ...minutes(4, 2, 2_000, "scrapes")] });
    const { body } = only(detectBatchComposition(poolFacts({ nodes: [node] })));
    expect(body.sentence).toContain("a100-1: with up to 10 distinct adapters a batch of 12 slots");
    expect(body.evidence[0]).toMatchObject({ figure: { value: 10, source: "inferred" } });
    expect(body.evidence[0]?.note).toContain("vllm:lora_requests_info");
  });

  it("spreads tenants where requests are grouped already", () => {
    const node = nodeFacts({ batches: [...minutes(3, 12, 100), ...minutes(3, 0, 200)] });
    const { body } = only(detectBatchComposition(poolFacts({ nodes: [node] }, { maxBatchWaitMs: 50 })));
    expect(body.fix.action?.href).toBe("/pools/pool_1/placement");
  });

  it.each([
    ["a fifth less is not reached", [...minutes(3, 10, 1_700), ...minutes(3, 2, 2_000)]],
    ["mixed minutes are too few", [...minutes(2, 10, 100), ...minutes(3, 2, 2_000)]],
    ["uniform minutes are too few", [...minutes(9, 10, 100), ...minutes(9, 4, 2_000)]],
  ])("says nothing where %s", (_what, batches) => {
    expect(detectBatchComposition(poolFacts({ nodes: [nodeFacts({ batches })] })).seen).toEqual([]);
  });

  it("is blind where a node does not tell", () => {
    const facts = poolFacts({ nodes: [nodeFacts({ batches: null })] });
    expect(detectBatchComposition(facts).blind).toEqual([{ pitfall: "batch_composition", nodeId: "node_1" }]);
  });
});

describe("a minute of batches", () => {
  const rollup = (counts: number[], tokens?: number) => ({
    seconds: 60,
    counters: tokens === undefined ? {} : { generationTokens: tokens },
    gauges: {},
    histograms: { batchAdapters: { le: [0, 1, 2, 4, 8], counts } },
  });
  /** Six scrapes of a node without the plugin, of which each named as many adapters. */
  const named = (each: number) => ({
    ...rollup([], 6_000),
    histograms: {},
    gauges: { adaptersInUse: { last: each, max: each, total: 6 * each, samples: 6 } },
  });

  it("takes the middle of what a bucket may hold", () => {
    // ten steps of 1, ten of 3 or 4
    const minute = batchMinute(rollup([0, 10, 0, 10, 0, 0], 6_000), 12);
    expect(minute).toEqual({ by: "steps", adapters: 2.25, tokensPerSecond: 100 });
    // no batch holds more than there are slots: with five of them the bucket from 5 to 8 says 5, the one above nothing else
    expect(batchMinute(rollup([0, 0, 0, 0, 10, 0], 6_000), 5)?.adapters).toBe(5);
    expect(batchMinute(rollup([0, 0, 0, 0, 0, 10], 6_000), 12)?.adapters).toBe(10.5);
  });

  it("takes who has a request where nobody counts the steps, and never more than there are slots", () => {
    expect(batchMinute(named(9), 12)).toEqual({ by: "scrapes", adapters: 9, tokensPerSecond: 100 });
    expect(batchMinute(named(40), 12)?.adapters).toBe(12);
    expect(batchMinute({ ...rollup([0, 10, 0, 0, 0, 0], 6_000), gauges: named(9).gauges }, 12)?.by).toBe("steps");
    expect(batchMinute(named(0), 12)).toBeNull();
  });

  it("is unknown without steps, without tokens and without anybody who tells", () => {
    expect(batchMinute(rollup([0, 0, 0, 0, 0, 0], 6_000), 12)).toBeNull();
    expect(batchMinute(rollup([0, 10, 0, 0, 0, 0]), 12)).toBeNull();
    expect(batchMinute({ ...rollup([], 9), histograms: {} }, 12)).toBeNull();
  });

  it("is compared with what was counted alike only", () => {
    const [step, one] = [batchMinute(rollup([0, 10, 0, 10, 0, 0], 6_000), 12), batchMinute(named(9), 12)];
    if (step === null || one === null) throw new Error("a minute is missing");
    expect(comparableMinutes([one, step])).toEqual([step]);
    expect(comparableMinutes([one, one])).toEqual([one, one]);
  });
});
