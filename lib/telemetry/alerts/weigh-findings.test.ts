import { describe, expect, it } from "vitest";
import { ALERT_RULES } from "../browser/alert-kinds.ts";
import type { AlertFinding } from "../browser/alert-schema.ts";
import type { PitfallFinding } from "../browser/finding-schema.ts";
import { NOTHING, subjectOf } from "./blank-observation.ts";
import { type ExplainFacts, likelyCause, suggestActions } from "./explain-alert.ts";
import { type NodeShare, pitfallsOf, type WeighFacts, weighFindings } from "./weigh-findings.ts";

const NOON = Date.UTC(2026, 10, 25, 12);
const at = (minutes: number) => new Date(NOON + minutes * 60_000);

const finding = (over: Partial<PitfallFinding> = {}): PitfallFinding => ({
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
  fix: { sentence: "Use 15 slots.", command: null, action: { label: "Roll out", href: "/roll-out" }, undo: null },
  forecast: null,
  ...over,
});
const weigh = (over: Partial<WeighFacts> = {}) =>
  weighFindings({
    rule: "p95_over",
    startedAt: at(0),
    now: at(5),
    touches: ["pool_1", "node_a", "node_b"],
    findings: [finding()],
    nodes: null,
    ...over,
  });
const shares = (a: number, b: number): NodeShare[] => [
  { nodeId: "node_a", slow: a, of: 100 },
  { nodeId: "node_b", slow: b, of: 100 },
];

describe("a finding", () => {
  it.each<[string, Partial<WeighFacts>, AlertFinding["weight"], string]>([
    [
      "on a serving node, from before the alert",
      {},
      "likely",
      "Seen on node-a, which serves it, since 11:50 UTC, before the alert began.",
    ],
    ["whose node answered what is slow", { nodes: shares(28, 2) }, "likely", "It answered 28 of the 30 slow requests."],
    ["whose node answered its half", { nodes: shares(15, 15) }, "likely", "It answered 15 of the 30 slow requests."],
    [
      "whose node answered little of it",
      { nodes: shares(2, 28) },
      "possible",
      "It answered 2 of the 30 slow requests.",
    ],
    ["whose node answered none of it", { nodes: shares(0, 30) }, "possible", "It answered 0 of the 30 slow requests."],
    ["while nothing slow is on record", { nodes: [] }, "likely", "before the alert began."],
    [
      "that came after the alert",
      { findings: [finding({ firstSeenAt: at(3).toISOString() })] },
      "possible",
      "but only since 12:03 UTC, after the alert began.",
    ],
    [
      "of a whole pool",
      { findings: [finding({ nodeId: null, subject: { type: "pool", id: "pool_1", name: "main" } })] },
      "possible",
      "Seen of the whole pool since 11:50 UTC, not of one node.",
    ],
    ["that the rule counts itself", { rule: "evictions" }, "proven", "What the alert counts"],
  ])("%s", (_, over, weight, why) => {
    const [weighed] = weigh(over);
    expect(weighed).toMatchObject({ weight, why: expect.stringContaining(why) });
  });

  it("that explains most comes first, and three are enough", () => {
    const found = weigh({
      findings: [
        finding({ id: "pool", nodeId: null, severity: "critical" }),
        finding({ id: "late", firstSeenAt: at(1).toISOString() }),
        finding({ id: "b" }),
        finding({ id: "a", severity: "critical" }),
      ],
    });
    expect(found.map(({ id }) => id)).toEqual(["a", "b", "pool"]);
  });
});

const facts = (findings: readonly AlertFinding[], over: Partial<ExplainFacts> = {}): ExplainFacts => ({
  rule: "p95_over",
  subject: subjectOf("objective", "obj_1", "main", { poolId: "pool_1" }),
  evidence: { ...NOTHING, metric: "latency" },
  startedAt: at(0),
  causedBy: null,
  changes: [],
  hasPrevious: false,
  findings,
  ...over,
});
const changed = { at: at(-5).toISOString(), title: "node-a restarted", by: null, isNear: true, href: null };

describe("the likely cause of slow replies", () => {
  it("is what stood on a serving node, after what the requests tell, at medium confidence and with its fix first", () => {
    const reason = "Requests waited up to 2 s for a place.";
    const told = facts(weigh(), { evidence: { ...NOTHING, metric: "latency", reason }, changes: [changed] });
    expect(likelyCause(told)).toEqual({
      sentence: `${reason} node-a: raise --max-loras to 15. Too many tenants are hot.`,
      confidence: "medium",
    });
    expect(suggestActions(told)[0]).toMatchObject({ label: "Roll out", href: "/roll-out" });
  });

  it("is what is only possible when nothing else is known, at low confidence and with its fix last", () => {
    const possible = weigh({ findings: [finding({ nodeId: null })] });
    expect(likelyCause(facts(possible))).toMatchObject({
      sentence: expect.stringContaining("raise --max-loras"),
      confidence: "low",
    });
    expect(likelyCause(facts(possible, { changes: [changed] }))).toMatchObject({
      sentence: "Shortly before, this was changed: node-a restarted.",
    });
    expect(suggestActions(facts(possible))[0]?.label).not.toBe("Roll out");
  });

  it("is looked for among what slows replies, what lets them fail, or what replaces them", () => {
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
