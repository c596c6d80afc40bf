import { expect, it } from "vitest";
import type { Chart } from "#lib/telemetry/schema.ts";
import { chartLinks } from "./chart-links.ts";

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
