import { describe, expect, it } from "vitest";
import { CHART_METRICS, TENANT_CHART_METRICS } from "#lib/metrics/browser/chart-metrics.ts";
import { chartsOf, groupsOf, metricsOf, partsOf, queryOf, withChart } from "./metrics.ts";

const none = { pool: "", node: "", tenant: "" };
const tenant = { ...none, tenant: "ten_1" };

describe("chartsOf", () => {
  it("mounts six charts at most, in the order they are read", () => {
    expect(chartsOf(none, null, [])).toEqual([
      ...["latency", "requests", "fallback-share", "evictions", "swap-source", "running"],
    ]);
    expect(chartsOf(tenant, null, [])).toHaveLength(6);
    expect(chartsOf(none, null, CHART_METRICS)).toEqual(CHART_METRICS.slice(0, 6));
  });

  it("draws what was chosen, in groups", () => {
    const charts = chartsOf(none, null, ["queue-time", "errors"]);
    expect(charts).toEqual(["queue-time", "errors"]);
    expect(groupsOf(charts).map(({ id, metrics }) => [id, ...metrics])).toEqual([
      ["requests", "errors"],
      ["nodes", "queue-time"],
    ]);
  });

  it("asks nothing of a tenant that engines cannot tell, whatever was chosen", () => {
    const allowed: readonly string[] = TENANT_CHART_METRICS;
    for (const [scope, by] of [
      [tenant, null],
      [none, "tenant"],
      [none, "adapter"],
    ] as const)
      for (const chosen of [[], CHART_METRICS, ["evictions"] as const])
        for (const metric of chartsOf(scope, by, chosen)) expect(allowed).toContain(metric);
    expect(chartsOf(tenant, null, ["evictions", "errors"])).toEqual(["errors"]);
    expect(metricsOf(none, "node")).toEqual(CHART_METRICS);
  });
});

describe("withChart", () => {
  it("takes one in where it belongs, and out", () => {
    expect(withChart(["latency", "evictions"], "errors", true)).toEqual(["latency", "errors", "evictions"]);
    expect(withChart(["latency", "evictions"], "latency", false)).toEqual(["evictions"]);
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
  it("splits by what the scope has several of", () => {
    expect(partsOf(none)).toEqual(["pool", "node", "tenant", "adapter"]);
    expect(partsOf({ ...none, node: "n" })).toEqual(["tenant", "adapter"]);
    expect(partsOf(tenant)).toEqual(["adapter", "node"]);
  });
});
