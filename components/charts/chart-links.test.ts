import { expect, it } from "vitest";
import type { Chart } from "#lib/metrics/schema.ts";
import { chartFile, chartLinks, swapsAround, swapsHref } from "./chart-links.ts";
import { worstNodes } from "./worst-nodes.ts";

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
  const around = swapsAround(evictions, at) ?? { from: "", to: "" };
  expect(swapsHref("node_1", around)).toBe(
    "/nodes/node_1/swaps?from=2025-11-25T11%3A28%3A00.000Z&to=2025-11-25T11%3A31%3A00.000Z",
  );
  // no more than a day is told of at once
  const wide = swapsAround({ ...evictions, stepSeconds: 86_400 }, at) ?? { from: "", to: "" };
  expect(Date.parse(wide.to) - Date.parse(wide.from)).toBeLessThan(86_400_000);
  expect(swapsAround({ metric: "latency", stepSeconds: 60 }, at)).toBeNull();
});

it("offers of a pool or the fleet the nodes that moved most then, and none that moved nothing", () => {
  const series = (key: string, whole: number | null) => ({ key, label: key, whole });
  const worst = worstNodes([
    ...[series("a", 2), series("b", null), series("c", 41), series("d", 0), series("e", 3), series("f", 1)],
    series("other", 99),
  ]);
  expect(worst.map(({ key }) => key)).toEqual(["c", "e", "a"]);
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
