import { expect, it } from "vitest";
import type { Chart } from "#lib/telemetry/schema.ts";
import { chartFile, chartLinks, swapsAt } from "./chart-links.ts";

const chart = (metric: Chart["metric"], hours = 1) =>
  ({
    metric,
    from: new Date(1_764_072_000_000 - hours * 3_600_000).toISOString(),
    to: new Date(1_764_072_000_000).toISOString(),
  }) as Chart;
const hrefs = (...args: Parameters<typeof chartLinks>) => chartLinks(...args).map(({ href }) => href);

it("leads from any chart to what changed before its end, in its scope", () => {
  expect(hrefs(chart("latency"), { poolId: "pool_1" })).toEqual([
    "/changes?to=2025-11-25T12%3A00%3A00.000Z&pool=pool_1",
  ]);
});

it("leads from a node's evictions to who pushed out whom, as long as single swaps are told", () => {
  expect(hrefs(chart("evictions"), { nodeId: "node_1" })[1]).toBe(
    "/nodes/node_1/swaps?from=2025-11-25T11%3A00%3A00.000Z&to=2025-11-25T12%3A00%3A00.000Z",
  );
  expect(hrefs(chart("evictions", 48), { nodeId: "node_1" })).toHaveLength(1);
  expect(hrefs(chart("evictions"), {})).toHaveLength(1);
});

it("leads from a moment of them to the steps around it, and from no other chart", () => {
  const at = Date.parse("2025-11-25T11:30:00.000Z");
  const evictions = { metric: "evictions", stepSeconds: 60 } as const;
  expect(swapsAt(evictions, { nodeId: "node_1" }, at)).toBe(
    "/nodes/node_1/swaps?from=2025-11-25T11%3A28%3A00.000Z&to=2025-11-25T11%3A31%3A00.000Z",
  );
  // no more than a day is told of at once
  const wide = swapsAt({ ...evictions, stepSeconds: 86_400 }, { nodeId: "node_1" }, at) ?? "";
  const range = new URLSearchParams(wide.split("?")[1]);
  expect(Date.parse(range.get("to") ?? "") - Date.parse(range.get("from") ?? "")).toBeLessThan(86_400_000);
  expect(swapsAt(evictions, { poolId: "pool_1" }, at)).toBeNull();
  expect(swapsAt({ metric: "latency", stepSeconds: 60 }, { nodeId: "node_1" }, at)).toBeNull();
});

it("gives the file of what is drawn: its own range and steps, and what it was asked", () => {
  const drawn = {
    metric: "swap-source",
    from: "2026-11-24T11:00:00.000Z",
    to: "2026-11-24T12:00:00.000Z",
    stepSeconds: 60,
  } as const;
  const { href, name } = chartFile(drawn, { poolId: "pool_1", by: undefined, shares: true, compare: false });
  expect(name).toBe("swap-source-2026-11-24T1100.csv");
  const [path, query] = href.split("?");
  expect(path).toBe("/api/v1/charts/swap-source/series.csv");
  expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
    ...{ from: drawn.from, to: drawn.to, stepSeconds: "60", poolId: "pool_1", shares: "true" },
  });
});
