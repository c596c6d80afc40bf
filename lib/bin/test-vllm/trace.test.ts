import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AdapterDirectories, writeAdapterDirectories } from "./adapter-directories.ts";
import { compareTrace, type Sight } from "./compare-trace.ts";
import { nodeUnderTest } from "./node-under-test.ts";
import { planTrace, TRACE_PLAN, type TraceEvent } from "./plan-trace.ts";
import { runTrace, TRACE_START } from "./run-trace.ts";
import { startSimulated } from "./start-simulated.ts";

describe("a trace on a simulated node", () => {
  let root: string;
  let directories: AdapterDirectories;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "switchyard-trace-"));
    directories = await writeAdapterDirectories(root);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("evicts and swaps exactly as the cache model says", { timeout: 120_000 }, async () => {
    const engine = await startSimulated(TRACE_START, { speed: 1000 });
    const node = await nodeUnderTest(engine, directories, true);
    const report = await runTrace(node, TRACE_PLAN);
    await engine.stop();
    expect(report.mismatches).toEqual([]);
    expect(report.node).toEqual(report.model);
    expect(report.waves.metrics.filter(({ isWithin }) => !isWithin)).toEqual([]);
    // A trace that moved nothing would prove nothing.
    expect(report.requests).toBeGreaterThanOrEqual(200);
    expect(Math.min(...Object.values(report.node))).toBeGreaterThan(20);
  });
});

describe("planTrace", () => {
  it("is the same for a seed and another for another", () => {
    expect(planTrace(TRACE_PLAN)).toEqual(planTrace(TRACE_PLAN));
    expect(planTrace({ ...TRACE_PLAN, seed: "other" })).not.toEqual(planTrace(TRACE_PLAN));
  });

  it("asks only for what is loaded", () => {
    const loaded = new Set<string>();
    for (const event of planTrace(TRACE_PLAN)) {
      if (event.kind === "load") loaded.add(event.adapter);
      if (event.kind === "unload") loaded.delete(event.adapter);
      if (event.kind === "ask" && event.adapter !== null) expect(loaded).toContain(event.adapter);
      if (event.kind === "wave") for (const adapter of event.adapters) expect(loaded).toContain(adapter);
    }
  });
});

describe("compareTrace", () => {
  const limits = { maxLoras: 1, maxCpuLoras: 2 };
  const events: TraceEvent[] = [
    { kind: "load", adapter: "a", files: 0 },
    { kind: "load", adapter: "b", files: 1 },
    { kind: "ask", adapter: "a", tokens: 1 },
  ];
  const sight = (evicted: number, fromCpu: number, fromDisk: number, tiers: Record<string, "gpu" | "cpu">): Sight => ({
    counts: { evictions: { gpu: evicted, cpu: 0 }, swaps: { gpu: 0, cpu: fromCpu, disk: fromDisk } },
    tiers: new Map(Object.entries(tiers)),
  });
  const right = [
    sight(0, 0, 0, {}),
    sight(0, 0, 1, { a: "gpu" }),
    sight(1, 0, 2, { a: "cpu", b: "gpu" }),
    sight(2, 1, 2, { a: "gpu", b: "cpu" }),
  ];

  it("finds nothing where the node follows the model", () => {
    expect(compareTrace(events, right, limits)).toMatchObject({
      mismatches: [],
      node: { evictedFromGpu: 2, fromCpu: 1, fromDisk: 2 },
    });
  });

  it("names the event and each figure that differs", () => {
    const wrong = [...right.slice(0, 3), sight(2, 0, 3, { a: "gpu" })];
    expect(compareTrace(events, wrong, limits).mismatches).toEqual([
      { event: 2, did: "request to a", metric: "fromCpu", model: "1", node: "0" },
      { event: 2, did: "request to a", metric: "fromDisk", model: "0", node: "1" },
      { event: 2, did: "request to a", metric: "tier of b", model: "cpu", node: "none" },
    ]);
  });
});
