import { describe, expect, it } from "vitest";
import { SERVICE_STATES } from "../schema.ts";
import {
  type ControlInForce,
  decideServiceHealth,
  type RecentTraffic,
  type ServiceFacts,
  type ServingNode,
  worstOf,
} from "./service-health.ts";

const NOW = new Date("2026-11-24T12:00:00.000Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const node = (state: ServingNode["state"], name = "node-1"): ServingNode => ({
  name,
  state,
  since: ago(600),
  seenAt: state === "unknown" ? ago(300) : ago(3),
});
const QUIET: RecentTraffic = {
  requests: 0,
  answered: 0,
  failed: 0,
  shed: 0,
  fellBack: 0,
  p95Ms: null,
  last: null,
  troubleSince: null,
  lastTroubleAt: null,
};
const last = (outcome: "own" | "fallback" | "failed" | "shed" | "refused", seconds = 5) => ({
  at: ago(seconds),
  outcome,
});
const traffic = (change: Partial<RecentTraffic>): RecentTraffic => ({ ...QUIET, ...change });
const control = (kind: ControlInForce["kind"], nodeName: string | null = null): ControlInForce => ({
  kind,
  nodeName,
  reason: "GPU swap",
  startedAt: ago(120),
  expiresAt: ago(-1_800),
});
const decide = (change: Partial<ServiceFacts>) =>
  decideServiceHealth(
    {
      tenantStatus: "active",
      adapterSlug: "support",
      live: { number: 3, since: ago(86_400) },
      nodes: [node("routable"), node("routable", "node-2")],
      fallback: "base_model",
      hasOrigin: false,
      servedVia: "base_model",
      controls: [],
      missed: [],
      traffic: QUIET,
      ...change,
    },
    NOW,
  );

describe("decideServiceHealth", () => {
  it.each<[string, Partial<ServiceFacts>, string, string[]]>([
    ["all nodes routable, no traffic", {}, "healthy", []],
    ["suspended, whatever else", { tenantStatus: "suspended", nodes: [node("down")] }, "suspended", []],
    ["nothing live", { live: null }, "not_live_yet", []],
    ["one node down", { nodes: [node("routable"), node("down", "node-2")] }, "degraded", ["node_down"]],
    ["one node loading", { nodes: [node("routable"), node("loading", "node-2")] }, "degraded", ["loading"]],
    ["one node not seen", { nodes: [node("routable"), node("unknown", "node-2")] }, "degraded", ["not_seen"]],
    ["all down, base model ready", { nodes: [node("down")] }, "on_fallback", ["node_down"]],
    ["all down, nothing to fall back on", { nodes: [node("down")], servedVia: null }, "not_serving", ["node_down"]],
    [
      "all down, the tenant rather has none",
      { nodes: [node("down")], fallback: "reject" },
      "not_serving",
      ["node_down"],
    ],
    ["failed to load", { nodes: [node("failed")], fallback: "reject" }, "not_serving", ["load_failed"]],
    ["live, but placed nowhere", { nodes: [], fallback: "reject" }, "not_serving", ["not_placed"]],
    ["nobody looked", { nodes: [node("unknown")] }, "unknown", ["not_seen"]],
    [
      "nobody looked, but a request was answered just now",
      { nodes: [node("unknown")], traffic: traffic({ requests: 1, answered: 1, last: last("own") }) },
      "degraded",
      ["not_seen"],
    ],
    [
      "nobody looked, and the last answer is old",
      { nodes: [node("unknown")], traffic: traffic({ requests: 1, answered: 1, last: last("own", 120) }) },
      "unknown",
      ["not_seen"],
    ],
    [
      "routable, but the newest answer came from a fallback",
      { traffic: traffic({ requests: 9, answered: 9, fellBack: 1, last: last("fallback") }) },
      "on_fallback",
      ["fell_back"],
    ],
    [
      "fell back a moment ago",
      { traffic: traffic({ requests: 9, answered: 9, fellBack: 2, last: last("own") }) },
      "degraded",
      ["fell_back"],
    ],
    [
      "routable, but every request fails",
      { traffic: traffic({ requests: 3, failed: 3, last: last("failed") }) },
      "not_serving",
      ["errors"],
    ],
    [
      "more than one in twenty fails",
      { traffic: traffic({ requests: 20, answered: 18, failed: 2, last: last("own") }) },
      "degraded",
      ["errors"],
    ],
    ["one failure", { traffic: traffic({ requests: 1, failed: 1, last: last("failed") }) }, "healthy", []],
    [
      "turned away for want of room",
      { traffic: traffic({ requests: 20, answered: 18, shed: 2, last: last("own") }) },
      "degraded",
      ["shed"],
    ],
    [
      "all were turned away for want of room",
      { traffic: traffic({ requests: 2, shed: 2, last: last("shed") }) },
      "not_serving",
      ["shed"],
    ],
    ["turned away by hand", { controls: [control("shed")] }, "not_serving", ["control_shed"]],
    [
      "served its fallback by hand",
      { controls: [control("serve_fallback")] },
      "on_fallback",
      ["control_serve_fallback"],
    ],
    [
      "a node cordoned by hand, the rest serves",
      { controls: [control("cordon", "node-3")] },
      "healthy",
      ["control_cordon"],
    ],
    [
      "every node drained by hand",
      { nodes: [], controls: [control("drain", "node-3")], fallback: "reject" },
      "not_serving",
      ["control_drain"],
    ],
    [
      "served by its origin",
      { live: null, nodes: [], hasOrigin: true, traffic: traffic({ requests: 3, answered: 3, last: last("own") }) },
      "healthy",
      [],
    ],
    [
      "at an origin that fails",
      { live: null, nodes: [], hasOrigin: true, traffic: traffic({ requests: 3, failed: 3, last: last("failed") }) },
      "not_serving",
      ["errors"],
    ],
    ["at an origin that nobody asked", { live: null, nodes: [], hasOrigin: true }, "unknown", []],
    ["callers' own mistakes", { traffic: traffic({ requests: 50, last: last("refused") }) }, "healthy", []],
  ])("%s", (_name, facts, state, codes) => {
    const health = decide(facts);
    expect([health.state, health.reasons.map((reason) => reason.code)]).toEqual([state, codes]);
  });

  it("says why something is degraded, and of a fallback that nobody repeated since, when it was", () => {
    const since = { requests: 4, answered: 4, fellBack: 1 };
    expect(decide({ traffic: traffic({ ...since, last: last("own") }) }).sentence).toBe(
      "support version 3 is served from 2 of 2 nodes. 1 of 4 answers of the last 5 minutes came from a fallback.",
    );
    const fallback = (seconds: number) => decide({ traffic: traffic({ ...since, last: last("fallback", seconds) }) });
    expect(fallback(5).sentence).toBe("Requests for support version 3 are answered by a fallback.");
    expect(fallback(120).sentence).toBe(
      "The last request for support version 3, at 11:58 UTC, was answered by a fallback; none came since.",
    );
  });

  it("counts nodes for staff and has no nodes for customers", () => {
    expect(decide({}).sentence).toBe("support version 3 is served from 2 of 2 nodes.");
    expect(decide({ nodes: [{ ...node("routable"), name: null }] }).sentence).toBe("support version 3 is served.");
  });

  it("says since when: the last change of a node, the going live, or the last trouble with requests", () => {
    expect(decide({}).since).toEqual(ago(600));
    expect(decide({ live: { number: 3, since: ago(60) } }).since).toEqual(ago(60));
    expect(decide({ traffic: traffic({ lastTroubleAt: ago(400) }) }).since).toEqual(ago(400));
    expect(decide({ nodes: [node("down")] }).since).toEqual(ago(600));
    const falling = traffic({ requests: 2, answered: 2, fellBack: 2, last: last("fallback"), troubleSince: ago(45) });
    expect(decide({ traffic: falling }).since).toEqual(ago(45));
  });

  it("names what was set by hand, why and until when, and what would stand in", () => {
    expect(decide({ controls: [control("serve_previous")] })).toMatchObject({
      since: ago(120),
      reasons: [{ message: "The previous version is served until 12:30 UTC, manual override: GPU swap" }],
    });
    const away = { nodes: [node("down")], fallback: "previous_version" as const };
    expect(decide({ ...away, servedVia: "origin" }).sentence).toBe(
      "No node can serve support version 3; requests go to the customer's own endpoint.",
    );
    expect(decide({ ...away, servedVia: "unknown" }).sentence).toContain("the previous version");
    expect(decide({ live: null, hasOrigin: true, traffic: traffic({ last: last("own") }) }).sentence).toBe(
      "support is served by its origin.",
    );
  });

  it("rests on its newest evidence", () => {
    expect(decide({}).checkedAt).toEqual(ago(3));
    expect(decide({ traffic: traffic({ requests: 1, answered: 1, last: last("own", 1) }) }).checkedAt).toEqual(ago(1));
    expect(decide({ nodes: [] }).checkedAt).toBeNull();
  });
});

describe("worstOf", () => {
  it("knows every state", () => {
    for (const state of SERVICE_STATES) expect(worstOf([{ state }])?.state).toBe(state);
  });
  it("does not call a live tenant 'not live yet' because it starts a second adapter", () => {
    expect(worstOf([{ state: "not_live_yet" }, { state: "healthy" }])?.state).toBe("healthy");
  });
  it("takes the worst", () => {
    expect(worstOf([{ state: "healthy" }, { state: "on_fallback" }, { state: "degraded" }])?.state).toBe("on_fallback");
    expect(worstOf([])).toBeNull();
  });
});
