import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { FlatCounter, FlatHistogram } from "./flat-metrics.ts";

const AXES = [
  { name: "kind", values: ["user", "eval"] },
  { name: "via", values: ["primary", "base", "origin"] },
];
const named = (registry: Registry) => ({ name: "x", help: "X.", axes: AXES, registry });

describe("flat metrics", () => {
  it("say what was counted, by the labels of its cell", async () => {
    const registry = new Registry();
    const counter = new FlatCounter(named(registry));
    counter.add(0);
    counter.add(1 * 3 + 2);
    counter.add(1 * 3 + 2);
    const lines = (await registry.metrics()).split("\n").filter((line) => line.startsWith("x"));
    expect(lines).toEqual(['x{kind="user",via="primary"} 1', 'x{kind="eval",via="origin"} 2']);
  });

  it("keep a histogram as Prometheus reads one: cumulative, with sum and count", async () => {
    const registry = new Registry();
    const histogram = new FlatHistogram(named(registry), [1, 2]);
    for (const value of [0.5, 1, 1.5, 9]) histogram.observe(3, value);
    const lines = (await registry.metrics()).split("\n").filter((line) => line.startsWith("x"));
    expect(lines).toEqual([
      'x_bucket{le="1",kind="eval",via="primary"} 2',
      'x_bucket{le="2",kind="eval",via="primary"} 3',
      'x_bucket{le="+Inf",kind="eval",via="primary"} 4',
      'x_sum{kind="eval",via="primary"} 12',
      'x_count{kind="eval",via="primary"} 4',
    ]);
    expect(await registry.getMetricsAsJSON()).toMatchObject([{ name: "x", type: "histogram" }]);
  });
});
