import { describe, expect, it } from "vitest";
import { TENANT_CHART_METRICS } from "#lib/metrics/browser/chart-metrics.ts";
import { BOARDS } from "./boards.ts";

describe("BOARDS", () => {
  it("have at least six charts each, the latency first, and none twice", () => {
    for (const charts of Object.values(BOARDS)) {
      expect(charts.length).toBeGreaterThanOrEqual(6);
      expect(charts[0]).toEqual({ metric: "latency" });
      expect(new Set(charts.map(({ metric, by }) => `${metric} ${by}`)).size).toBe(charts.length);
    }
  });

  it("ask nothing of a tenant that engines cannot tell", () => {
    const allowed: readonly string[] = TENANT_CHART_METRICS;
    for (const { metric } of BOARDS.tenant) expect(allowed).toContain(metric);
  });
});
