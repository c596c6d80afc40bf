import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALERT_RULES, type AlertRule, RULES } from "../browser/rule-table.ts";
import { alertSentence } from "./alert-sentence.ts";
import { NOTHING, subjectOf } from "./blank-observation.ts";
import { type Groupable, groupAlerts } from "./group-alerts.ts";
import { judgeThreshold } from "./judge-threshold.ts";
import { type AlertStep, dedupeKey, type Observation, type OpenAlert, stepAlert } from "./step-alert.ts";
import { CLEAR_SHARE } from "./thresholds.ts";

const NOON = Date.UTC(2026, 10, 25, 12);
const at = (seconds: number) => new Date(NOON + seconds * 1_000);

const observation = (rule: AlertRule, status: Observation["status"]): Observation => ({
  rule,
  subject: subjectOf("node", "node_a", "node-a", { nodeId: "node_a" }),
  status,
  severity: "critical",
  what: "does not answer",
  since: null,
  evidence: NOTHING,
});

/** The machine over a row of evaluations, as the loop keeps it. */
function run(rule: AlertRule, checks: readonly { status: Observation["status"]; at: Date }[]) {
  let open = null as OpenAlert | null;
  const told: { kind: AlertStep["kind"] | "first"; at: Date }[] = [];
  for (const check of checks) {
    const step: AlertStep = stepAlert(open, observation(rule, check.status), check.at);
    switch (step.kind) {
      case "begin": {
        const { state, startedAt } = step;
        open = { id: "alr", rule, state, startedAt, goodSince: null, unknownSince: null };
        if (state === "firing") told.push({ kind: "first", at: check.at });
        break;
      }
      case "fire":
        if (open) open = { ...open, state: "firing" };
        told.push({ kind: "first", at: check.at });
        break;
      case "stay":
        if (open) open = { ...open, goodSince: step.goodSince, unknownSince: step.unknownSince };
        break;
      case "drop":
        open = null;
        break;
      case "resolve":
        open = null;
        told.push({ kind: "resolve", at: check.at });
        break;
      case "none":
        break;
    }
  }
  return { open, told };
}

const anyChecks = fc
  .array(
    fc.tuple(
      fc.constantFrom("bad" as const, "near" as const, "good" as const, "unknown" as const),
      fc.integer({ min: 1, max: 40 }),
    ),
    {
      maxLength: 60,
    },
  )
  .map((steps) => {
    let seconds = 0;
    return steps.map(([status, gap]) => {
      seconds += gap;
      return { status, at: at(seconds) };
    });
  });
const anyRule = fc.constantFrom(...ALERT_RULES);

describe("stepAlert", () => {
  it("fires only on what is seen to be wrong, and resolves only on what was seen to be well for long enough", () => {
    fc.assert(
      fc.property(anyRule, anyChecks, (rule, checks) => {
        for (const { kind, at: when } of run(rule, checks).told) {
          const index = checks.findIndex((check) => check.at.getTime() === when.getTime());
          expect(checks[index]?.status).toBe(kind === "first" ? "bad" : "good");
          if (kind === "first") continue;
          const since = checks.slice(0, index + 1).findLastIndex(({ status }) => status !== "good") + 1;
          expect(when.getTime() - (checks[since]?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(RULES[rule].keepMs);
        }
      }),
    );
  });

  it("tells of beginnings and ends in turn", () => {
    fc.assert(
      fc.property(anyRule, anyChecks, (rule, checks) => {
        const kinds = run(rule, checks).told.map(({ kind }) => kind);
        for (const [index, kind] of kinds.entries()) expect(kind).toBe(index % 2 === 0 ? "first" : "resolve");
      }),
    );
  });

  it("never resolves, nor fires, while nobody can see", () => {
    fc.assert(
      fc.property(anyRule, anyChecks, fc.integer({ min: 1, max: 50 }), (rule, checks, count) => {
        const last = checks.at(-1)?.at.getTime() ?? NOON;
        const blind = Array.from({ length: count }, (_, index) => ({
          status: "unknown" as const,
          at: new Date(last + (index + 1) * 60_000),
        }));
        const before = run(rule, checks);
        const after = run(rule, [...checks, ...blind]);
        expect(after.told).toEqual(before.told);
        expect(after.open?.state).toBe(before.open?.state);
      }),
    );
  });

  it("does not begin again what ended until its value was clear of the limit for `keep`, and over it once more", () => {
    const swinging = fc.record({
      rule: fc.constantFrom("evictions" as const, "p95_over" as const, "fallback_share" as const),
      limit: fc.integer({ min: 1, max: 100 }),
      // of the limit, check after check, ten seconds apart
      shares: fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 200 }),
    });
    fc.assert(
      fc.property(swinging, ({ rule, limit, shares }) => {
        const clear = CLEAR_SHARE[rule];
        const checks = shares.map((share, index) => ({
          status: judgeThreshold(share * limit, limit, clear),
          at: at(index * 10),
        }));
        for (const { kind, at: when } of run(rule, checks).told) {
          const index = checks.findIndex((check) => check.at.getTime() === when.getTime());
          if (kind === "first") expect(shares[index]).toBeGreaterThan(1);
          else
            for (const share of shares.slice(index - RULES[rule].keepMs / 10_000, index + 1))
              expect(share).toBeLessThanOrEqual(clear * (1 + 1e-9));
        }
      }),
    );
  });

  it("stays quiet about a value that swings around its limit within the margin", () => {
    const shares = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 1.05 : 0.95));
    const checks = shares.map((share, index) => ({
      status: judgeThreshold(share * 50, 50, CLEAR_SHARE.evictions),
      at: at(index * 31),
    }));
    expect(run("evictions", checks).told).toEqual([{ kind: "first", at: at(0) }]);
  });

  it("waits for `for`, unless its source says that it has held so long", () => {
    const checks = [0, 5, 10, 15].map((seconds) => ({ status: "bad" as const, at: at(seconds) }));
    expect(run("node_down", checks).told).toEqual([{ kind: "first", at: at(15) }]);
    expect(stepAlert(null, { ...observation("node_down", "bad"), since: at(-60) }, at(0))).toMatchObject({
      kind: "begin",
      state: "firing",
      startedAt: at(-60),
    });
  });

  it("forgets a pending one that was nothing, and takes a subject that is gone for well", () => {
    const open: OpenAlert = {
      id: "alr",
      rule: "version_quarantined",
      state: "firing",
      startedAt: at(0),
      goodSince: null,
      unknownSince: null,
    };
    expect(stepAlert({ ...open, state: "pending" }, null, at(1))).toEqual({ kind: "drop" });
    expect(stepAlert(open, null, at(1))).toEqual({ kind: "resolve" });
  });

  it("has one key a rule and subject", () => {
    expect(dedupeKey(observation("evictions", "bad"))).toBe("evictions:node:node_a");
    expect(new Set(ALERT_RULES.map((rule) => dedupeKey(observation(rule, "bad")))).size).toBe(ALERT_RULES.length);
  });
});

const alert = (id: string, rule: AlertRule, change: Partial<Groupable> = {}): Groupable => ({
  id,
  rule,
  severity: "critical",
  subjectId: "node_a",
  poolId: "pool_a",
  nodeId: "node_a",
  touches: ["node_a", "pool_a"],
  startedAt: at(0),
  dedupeKey: `${rule}:node:${change.subjectId ?? "node_a"}`,
  causeKey: null,
  ...change,
});

describe("groupAlerts", () => {
  it("tells a node that is down, its missing metrics and its tenants' fallbacks as one", () => {
    const tenant = { subjectId: "ten_a", nodeId: null, poolId: null };
    const causes = groupAlerts([
      alert("alr_1", "scrape_stale"),
      alert("alr_2", "fallback_share", tenant),
      alert("alr_3", "node_down"),
      alert("alr_4", "fallback_share", { ...tenant, subjectId: "ten_b", touches: ["node_b"] }),
      alert("alr_5", "fallback_share", { ...tenant, startedAt: at(-600) }),
      alert("alr_6", "pool_saturated", { subjectId: "pool_a", nodeId: null }),
    ]);
    expect(Object.fromEntries(causes)).toEqual({
      alr_1: "alr_3",
      alr_2: "alr_3",
      alr_3: null,
      alr_4: null,
      alr_5: null,
      alr_6: "alr_3",
    });
  });

  it("tells what customers feel with its confirmed cause alone, and nothing critical with a mere warning", () => {
    const promise = { subjectId: "obj_a", nodeId: null, poolId: null, touches: ["ten_a", "node_a", "pool_a"] };
    const thrash = alert("alr_1", "evictions", { severity: "warning" });
    const causeKey = thrash.dedupeKey;
    const quick = alert("alr_2", "burn_fast", { ...promise, causeKey });
    const slow = alert("alr_3", "p95_over", { ...promise, causeKey, severity: "warning" });
    expect(Object.fromEntries(groupAlerts([thrash, quick, slow]))).toEqual({
      alr_1: null,
      alr_2: null,
      alr_3: "alr_1",
    });
    // it stands on the same node at the same time, and no more is known
    expect(groupAlerts([thrash, { ...slow, causeKey: null }]).get("alr_3")).toBeNull();
    const down = alert("alr_0", "node_down");
    expect(groupAlerts([down, { ...quick, causeKey: down.dedupeKey }]).get("alr_2")).toBe("alr_0");
    expect(groupAlerts([down, quick]).get("alr_2")).toBeNull();
    expect(groupAlerts([quick, slow]).get("alr_3")).toBe("alr_2");
  });

  it("makes groups one level deep, whatever the order, and loses none", () => {
    const any = fc.array(
      fc.record({
        rule: anyRule,
        severity: fc.constantFrom("critical" as const, "warning" as const),
        subjectId: fc.constantFrom("node_a", "node_b", "pool_a", "ten_a"),
        nodeId: fc.constantFrom("node_a", "node_b", null),
        poolId: fc.constantFrom("pool_a", null),
        touches: fc.subarray(["node_a", "node_b", "pool_a", "ver_a"]),
        startedAt: fc.integer({ min: 0, max: 600 }).map(at),
        dedupeKey: fc.constantFrom("node_down:node:node_a", "evictions:node:node_b", "burn_fast:objective:obj_a"),
        causeKey: fc.constantFrom("node_down:node:node_a", "evictions:node:node_b", null),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(any, (rows) => {
        const alerts = rows.map((row, index) => ({ ...row, id: `alr_${index}` }));
        const causes = groupAlerts(alerts);
        expect([...causes.keys()].sort()).toEqual(alerts.map(({ id }) => id).sort());
        for (const cause of causes.values()) if (cause !== null) expect(causes.get(cause)).toBeNull();
        expect(groupAlerts(alerts.toReversed())).toEqual(causes);
      }),
    );
  });
});

describe("alertSentence", () => {
  const facts = {
    rule: "node_down" as const,
    subjectName: "node-a",
    what: "does not answer",
    startedAt: at(0),
    tenants: 7,
    requests: 412,
    related: 2,
    isUnknown: false,
    now: at(600),
  };

  it("says what, since when, who is hit, and what to do first", () => {
    expect(alertSentence(facts)).toBe(
      "node-a does not answer since 12:00 UTC. 7 tenants affected: 412 requests late, failed or on fallback. 2 related alerts. Next step: check that its process is running.",
    );
  });

  it("says one for one, none for none, the day of what is old, and what nobody can see", () => {
    const old = { ...facts, tenants: 0, requests: 0, related: 1, isUnknown: true, now: at(2 * 86_400) };
    const text = alertSentence(old);
    expect(text).toContain("since 2026-11-25 12:00 UTC. No requests affected so far. 1 related alert.");
    expect(alertSentence({ ...facts, tenants: 3, requests: null })).toContain(". 3 tenants involved.");
    expect(text).toContain("Its current state is unknown.");
    expect(alertSentence({ ...facts, rule: "key_expiring", what: "expires on 2026-12-01" })).toContain(
      "expires on 2026-12-01. Requests with it are refused from then on.",
    );
    expect(alertSentence({ ...facts, tenants: 1, requests: 1 })).toContain(
      "1 tenant affected: 1 request late, failed or on fallback",
    );
  });
});
