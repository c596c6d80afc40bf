import { describe, expect, it } from "vitest";
import type { PitfallFinding } from "../browser/finding-schema.ts";
import { ALERT_RULES } from "../browser/rule-table.ts";
import { NOTHING, subjectOf } from "./blank-observation.ts";
import type { AlertSpan, CauseFacts, Symptomatic } from "./cause/cause-facts.ts";
import { type Diagnosis, diagnose } from "./cause/diagnose.ts";
import { causeOf, type ExplainFacts, suggestActions } from "./explain-alert.ts";
import type { NodeMinute } from "./node-counts.ts";
import { pitfallsOf, weighFindings } from "./weigh-findings.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 25, 12);
const at = (minutes: number) => new Date(NOON + minutes * MINUTE);
/** Whole minutes from 11:00 on. */
const minutes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => NOON + (from + i - 60) * MINUTE);
const within = (ms: number, ranges: readonly [number, number][]) =>
  ranges.some(([from, to]) => minutes(from, to).includes(ms));

const node = {
  ...{ id: "node_a", name: "node-a", poolId: "pool_1", slots: 12 },
  ...{ standalone: false, cordoned: false, simulated: true, conditions: [] },
};
/** Evictions of every minute of the hour: 30 in some, 1 in the others. */
const evictionsIn = (...ranges: [number, number][]): NodeMinute[] =>
  minutes(0, 60).map((ms) => ({
    atMs: ms,
    counts: { evictions: { value: within(ms, ranges) ? 30 : 1, source: "derived", uncertainty: null } },
  }));

const slow: Symptomatic = {
  key: "p95_over:objective:obj_1",
  rule: "p95_over",
  subjectId: "obj_1",
  touches: ["pool_1", "node_a"],
  tenantIds: ["ten_1"],
  limitMs: 300,
  startedAt: at(-5),
};
/** Replies were late from 11:50 to 12:00. */
const hour = (change: Partial<CauseFacts> = {}): CauseFacts => ({
  window: { from: at(-60), to: at(0) },
  evictionAlertThreshold: 50,
  nodes: [node],
  minutes: new Map([["node_a", evictionsIn()]]),
  loads: new Map(),
  active: new Map(),
  evaluation: new Map(),
  shadow: new Map(),
  queue: new Map(),
  alerts: [],
  findings: [],
  symptoms: new Map([[slow.key, { bad: minutes(50, 60), good: minutes(0, 50) }]]),
  ...change,
});

const finding: PitfallFinding = {
  id: "fnd_1",
  pitfall: "eviction_thrash",
  title: "Eviction thrash",
  severity: "warning",
  subject: { type: "node", id: "node_a", name: "node-a" },
  poolId: "pool_1",
  nodeId: "node_a",
  tenantId: null,
  firstSeenAt: at(-10).toISOString(),
  lastSeenAt: at(0).toISOString(),
  clearedAt: null,
  sentence: "node-a: raise --max-loras to 15.",
  evidence: [],
  cause: "Too many tenants are hot.",
  fix: {
    sentence: "Use 15 slots.",
    command: null,
    action: { label: "Roll out new limits", href: "/pools/pool_1/rollouts?maxLoras=15" },
    undo: "Go back.",
  },
  forecast: { what: "Evictions", unit: "a minute", before: 12.2, after: 0.44, note: "Replayed." },
};
const explain = (diagnosis: Diagnosis | null, change: Partial<ExplainFacts> = {}): ExplainFacts => ({
  rule: "p95_over",
  subject: subjectOf("objective", "obj_1", "main", { poolId: "pool_1" }),
  evidence: { ...NOTHING, metric: "latency" },
  causeSentence: null,
  hasPrevious: true,
  diagnosis,
  ...change,
});

describe("late replies beside a gate", () => {
  const gate = { evaluation: new Map([["node_a", new Set(minutes(49, 60))]]) };

  it("come from the gate where evictions went on all hour, and nobody is told to restart nodes", () => {
    const always: [number, number] = [0, 60];
    const diagnosis = diagnose(
      slow,
      hour({ ...gate, minutes: new Map([["node_a", evictionsIn(always)]]), findings: [finding] }),
      null,
    );
    expect(diagnosis).toMatchObject({
      state: "confirmed",
      sentence: "Evaluation requests on node-a: 10 of 10 bad minutes, 1 of 50 good ones.",
    });
    expect(diagnosis.candidates).toMatchObject([
      { kind: "evaluation", isConfirmed: true, bad: { out: 10, of: 10 }, good: { out: 1, of: 50 } },
      { kind: "evictions", isConfirmed: false, bad: { out: 10, of: 10 }, good: { out: 50, of: 50 } },
    ]);
    const actions = suggestActions(explain(diagnosis));
    expect(actions.map(({ href }) => href)).toEqual(["/evals"]);
    expect(JSON.stringify(actions)).not.toContain("rollouts");
    expect(weighFindings({ now: at(0), findings: [finding], diagnosis })).toMatchObject([{ weight: "possible" }]);
  });

  it("come from evictions where those were there with them, with the fix of the finding", () => {
    const diagnosis = diagnose(
      slow,
      hour({ minutes: new Map([["node_a", evictionsIn([51, 60])]]), findings: [finding] }),
      null,
    );
    expect(causeOf(explain(diagnosis))).toMatchObject({
      state: "confirmed",
      sentence:
        "More than 10 GPU slot evictions a minute on node-a: 9 of 10 bad minutes, 0 of 50 good ones. Too many tenants are hot.",
    });
    expect(suggestActions(explain(diagnosis))[0]).toMatchObject({
      href: "/pools/pool_1/rollouts?maxLoras=15",
      effect: "Use 15 slots. Predicted: evictions 12 → 0.4 a minute (forecast).",
      undo: "Go back.",
    });
    expect(diagnosis.alertKey).toBe("evictions:node:node_a");
    expect(weighFindings({ now: at(0), findings: [finding], diagnosis })).toMatchObject([{ weight: "confirmed" }]);
  });

  it("have no confirmed cause where neither was: candidates are shown, and every step only shows more", () => {
    const some = { ...gate, minutes: new Map([["node_a", evictionsIn([40, 57])]]) };
    const diagnosis = diagnose(
      slow,
      hour({ ...some, evaluation: new Map([["node_a", new Set(minutes(55, 60))]]) }),
      null,
    );
    const facts = explain(diagnosis, { evidence: { ...NOTHING, metric: "latency" } });
    expect(causeOf(facts)).toMatchObject({
      state: "unconfirmed",
      sentence: expect.stringMatching(/^No cause confirmed/),
      candidates: [
        { kind: "evaluation", bad: { out: 5 } },
        { kind: "evictions", bad: { out: 7 }, good: { out: 10 } },
      ],
    });
    expect(suggestActions(facts).every(({ control }) => control === null)).toBe(true);
    expect(JSON.stringify(suggestActions(facts))).not.toContain("rollouts");
  });

  it("have none either while nobody counted the node, or a minute after they began", () => {
    expect(diagnose(slow, hour({ minutes: new Map() }), null).state).toBe("unconfirmed");
    const young = new Map([[slow.key, { bad: minutes(59, 60), good: minutes(0, 59) }]]);
    const evaluation = new Map([["node_a", new Set(minutes(59, 60))]]);
    expect(diagnose(slow, hour({ symptoms: young, evaluation }), null)).toMatchObject({
      state: "unconfirmed",
      sentence: "No cause confirmed: 1 bad and 59 good minutes are too few to compare.",
    });
  });
});

describe("a recommendation", () => {
  const thrash = { minutes: new Map([["node_a", evictionsIn([50, 60])]]) };

  it("waits for the detector's fix, and does not change from then on, whatever is found later", () => {
    const first = diagnose(slow, hour(thrash), null);
    expect(suggestActions(explain(first))[0]).toMatchObject({ href: "/nodes/node_a/swaps" });
    const fixed = diagnose(slow, hour({ ...thrash, findings: [finding] }), first);
    expect(suggestActions(explain(fixed))[0]).toMatchObject({ href: "/pools/pool_1/rollouts?maxLoras=15" });
    const later = { ...finding, id: "fnd_2", fix: { ...finding.fix, sentence: "Use 20 slots." } };
    expect(diagnose(slow, hour({ findings: [later] }), fixed)).toEqual(fixed);
  });
});

describe("other causes", () => {
  const down: AlertSpan = {
    ...{ id: "alr_1", key: "node_down:node:node_a", rule: "node_down", subjectId: "node_a" },
    ...{ sentence: "node-a does not answer.", startedAt: at(-10), resolvedAt: null },
  };
  it("may be another alert that held at the same time, but none that touches nothing of it", () => {
    expect(diagnose(slow, hour({ alerts: [down] }), null)).toMatchObject({ state: "confirmed", alertKey: down.key });
    const elsewhere = { ...down, subjectId: "node_b", key: "node_down:node:node_b" };
    expect(diagnose(slow, hour({ alerts: [elsewhere] }), null).state).toBe("unconfirmed");
    const always = { ...down, startedAt: at(-120) };
    expect(diagnose(slow, hour({ alerts: [always] }), null).state).toBe("unconfirmed");
  });

  it("are named as reported or as part of another alert where minutes say nothing", () => {
    const reason = "No answer from 127.0.0.1:9.";
    const subject = subjectOf("node", "node_a", "node-a", { nodeId: "node_a", poolId: "pool_1" });
    const unreachable = explain(null, { rule: "node_down", subject, evidence: { ...NOTHING, reason } });
    expect(causeOf(unreachable)).toMatchObject({ state: "reported", sentence: reason });
    expect(suggestActions(unreachable).map(({ label }) => label)).toContain("Cordon node-a");
    const metrics = explain(null, { rule: "scrape_stale", subject, causeSentence: "node-a does not answer." });
    expect(causeOf(metrics)).toMatchObject({ state: "related" });
    expect(causeOf(explain(null, { rule: "scrape_stale", subject }))).toMatchObject({
      state: "unconfirmed",
      sentence: "No cause confirmed.",
    });
  });

  it("are looked for among what slows replies, what lets them fail, or what replaces them", () => {
    const of = (rule: (typeof ALERT_RULES)[number], metric: "latency" | "errors" | null) =>
      pitfallsOf(rule, { metric });
    expect(of("burn_fast", "latency")).toEqual(["eviction_thrash", "cpu_starvation", "batch_composition"]);
    expect(of("burn_slow", "errors")).toContain("missing_fallback");
    expect(of("pool_saturated", null)).toContain("batch_composition");
    expect(of("fallback_share", null)).toContain("mismatch");
    expect(of("key_expiring", null)).toEqual([]);
    for (const rule of ALERT_RULES) expect(of(rule, "latency")).not.toContain("rank_padding");
  });
});
