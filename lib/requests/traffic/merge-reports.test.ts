import { describe, expect, it } from "vitest";
import type { GatewayReport } from "./gateway-report.ts";
import { mergeReports } from "./merge-reports.ts";

const report = (change: Partial<GatewayReport>): GatewayReport => ({
  nodes: [],
  pools: [],
  tenants: [],
  snapshotAt: null,
  tracesPending: 0,
  openVersions: [],
  ...change,
});

describe("mergeReports", () => {
  it("adds up what each gateway has, keeps the longest wait and the worst breaker", () => {
    const node = { nodeId: "node_a", inFlight: 2, slots: 4 };
    const merged = mergeReports([
      report({
        nodes: [{ ...node, isUp: true, breaker: "half_open", adapters: [{ loraName: "a", inFlight: 2 }] }],
        pools: [{ poolId: "pool_a", queued: 3, oldestWaitMs: 40, isSaturated: false, shed: { queue_full: 1 } }],
        tenants: [{ tenantId: "ten_a", inFlight: 2, queued: 3, oldestWaitMs: 40, shedLastMinute: 0 }],
        openVersions: ["ver_a"],
      }),
      report({
        nodes: [
          {
            ...node,
            isUp: false,
            breaker: "closed",
            adapters: [
              { loraName: "a", inFlight: 1 },
              { loraName: "b", inFlight: 1 },
            ],
          },
        ],
        pools: [
          { poolId: "pool_a", queued: 1, oldestWaitMs: null, isSaturated: true, shed: { queue_full: 2, too_late: 5 } },
        ],
        tenants: [{ tenantId: "ten_a", inFlight: 1, queued: 0, oldestWaitMs: null, shedLastMinute: 0 }],
        openVersions: ["ver_a"],
      }),
    ]);
    expect(merged.nodes.get("node_a")).toEqual({
      reachable: { by: 1, of: 2 },
      breaker: "half_open",
      inFlight: 4,
      adapters: new Map([
        ["a", 3],
        ["b", 1],
      ]),
    });
    expect(merged.pools.get("pool_a")).toMatchObject({ queued: 4, oldestWaitMs: 40, isSaturated: true });
    expect([...(merged.pools.get("pool_a")?.shed ?? [])]).toEqual([
      ["queue_full", 3],
      ["too_late", 5],
    ]);
    expect(merged.tenants.get("ten_a")).toEqual({ inFlight: 3, queued: 3, oldestWaitMs: 40 });
    expect(merged.totals).toEqual({ inFlight: 4, queued: 4, oldestWaitMs: 40 });
    expect(merged.openVersions).toEqual(["ver_a"]);
  });
});
