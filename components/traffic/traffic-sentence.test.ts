import { describe, expect, it } from "vitest";
import type { Measurement } from "#lib/http/schema.ts";
import type { Traffic } from "#lib/requests/browser/traffic-schema.ts";
import { trafficSentence } from "./traffic-sentence.ts";

const make = (value: number | null, unit = "count"): Measurement => ({
  value,
  unit,
  source: "measured",
  simulated: false,
  asOf: null,
  coverage: null,
});
type Change = Partial<Record<keyof Traffic["totals"], number | null>>;

function traffic(totals: Change = {}, more: { down?: number; onFallback?: number; saturated?: boolean } = {}): Traffic {
  const value = (name: keyof Traffic["totals"], otherwise: number | null, unit?: string) =>
    make(totals[name] === undefined ? otherwise : totals[name], unit);
  const all = {
    inFlight: value("inFlight", 1),
    queued: value("queued", 0),
    oldestWaitMs: value("oldestWaitMs", null, "ms"),
    requestsPerMinute: value("requestsPerMinute", 41, "requests/min"),
    p95Ms: value("p95Ms", 500, "ms"),
    tokensPerSecond: value("tokensPerSecond", 90, "tok/s"),
    shed: value("shed", 0),
    fallbacks: value("fallbacks", 0),
    failed: value("failed", 0),
  };
  const node = (index: number): Traffic["nodes"][number] => ({
    ...all,
    nodeId: `node_${index}`,
    name: `node-${index}`,
    poolId: "pool_1",
    poolName: "Pool",
    reachable: { by: index < (more.down ?? 0) ? 0 : 1, of: 1 },
    breaker: "closed",
    adapters: [],
    adaptersInFlight: make(0),
    slots: 12,
  });
  const tenant = (index: number): Traffic["tenants"][number] => ({
    ...all,
    tenantId: `ten_${index}`,
    slug: `t${index}`,
    name: `T${index}`,
    onFallback: index < (more.onFallback ?? 0) ? { since: "2026-11-25T10:00:00.000Z", sentence: "s" } : null,
  });
  return {
    gateways: { live: 1, known: 1, items: [] },
    asOf: "2026-11-25T10:00:00.000Z",
    isStale: false,
    windowSeconds: 300,
    totals: all,
    nodes: [node(0), node(1)],
    pools: [
      {
        poolId: "pool_1",
        name: "Pool",
        queued: make(0),
        oldestWaitMs: make(null, "ms"),
        isSaturated: more.saturated ?? false,
        shed: [],
      },
    ],
    tenants: [tenant(0), tenant(1), tenant(2)],
    openVersions: [],
  };
}
const said = (...given: Parameters<typeof traffic>) => {
  const { state, parts } = trafficSentence(traffic(...given), "en-US");
  return `${state}: ${parts.map(({ text }) => text).join("")}`.replaceAll("\u202f", " ");
};

describe("the sentence of the traffic page", () => {
  it("says how much, over what, and that nothing is wrong", () => {
    expect(said()).toBe("ok: 41 requests / min over 2 nodes; nothing queued, nothing shed, no tenants on fallback.");
    expect(said({ requestsPerMinute: 0 })).toMatch(/^ok: No requests in the last 5 min over 2 nodes/);
  });

  it("names what waits, what was turned away, what failed, and who is on fallback", () => {
    expect(said({ queued: 3, oldestWaitMs: 1240, shed: 12, failed: 2 }, { onFallback: 1, down: 1 })).toBe(
      "warn: 41 requests / min over 1 of 2 nodes; 3 queued, the oldest for 1.24 s, 12 shed in 5 min, 2 failed, 1 tenant on fallback.",
    );
  });

  it("leads from each number to the tenants it speaks of", () => {
    const { parts } = trafficSentence(traffic({ queued: 3, shed: 1 }, { onFallback: 2 }), "en-US");
    expect(parts.flatMap(({ only }) => only ?? [])).toEqual(["waiting", "shed", "fallback"]);
  });

  it("calls a full pool a warning even before anything is shed", () => {
    expect(said({}, { saturated: true })).toMatch(/^warn/);
  });

  it("never takes unknown for nothing", () => {
    expect(said({ queued: null, shed: null, requestsPerMinute: null })).toMatch(
      /^warn: An unknown number of requests over 2 nodes; queue unknown, an unknown number shed/,
    );
  });
});
