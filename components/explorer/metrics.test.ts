import { describe, expect, it } from "vitest";
import { TENANT_CHART_METRICS } from "#lib/telemetry/schema.ts";
import { chartGroups, LOADS, partsOf, queryOf } from "./metrics.ts";

const none = { pool: "", node: "", tenant: "" };
const metricsOf = (scope: typeof none) => chartGroups(scope, "queue").flatMap((group) => group.metrics);

describe("chartGroups", () => {
  it("mounts six charts at most, in the order they are read", () => {
    for (const load of LOADS) {
      const metrics = chartGroups(none, load).flatMap((group) => group.metrics);
      expect(metrics).toEqual(["latency", "requests", "fallback-share", "evictions", "swap-source", load]);
    }
    expect(metricsOf({ ...none, tenant: "ten_1" }).length).toBeLessThanOrEqual(6);
  });

  it("asks nothing of a tenant that engines cannot tell", () => {
    const allowed: readonly string[] = TENANT_CHART_METRICS;
    for (const metric of metricsOf({ ...none, tenant: "ten_1" })) expect(allowed).toContain(metric);
  });
});

describe("queryOf", () => {
  it("never mixes a tenant with nodes, where the API would count all the tenant's requests", () => {
    expect(queryOf({ pool: "p", node: "n", tenant: "t" })).toEqual({ tenantId: "t" });
    expect(queryOf({ pool: "p", node: "n", tenant: "" })).toEqual({ nodeId: "n" });
    expect(queryOf({ pool: "p", node: "", tenant: "" })).toEqual({ poolId: "p" });
    expect(queryOf(none)).toEqual({});
  });
});

describe("partsOf", () => {
  it("splits by what the scope has several of, and stays inside what the gateway knows where engines do not", () => {
    expect(partsOf(none)).toEqual(["pool", "node", "tenant", "adapter"]);
    expect(partsOf({ ...none, node: "n" })).toEqual(["tenant", "adapter"]);
    const allowed: readonly string[] = TENANT_CHART_METRICS;
    for (const { metrics } of chartGroups(none, "queue", "tenant"))
      for (const metric of metrics) expect(allowed).toContain(metric);
  });
});
