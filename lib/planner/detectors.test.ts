import { describe, expect, it } from "vitest";
import { detectCpuStarvation } from "./detect-cpu-starvation.ts";
import { detectMissingFallback } from "./detect-missing-fallback.ts";
import { detectPadding } from "./detect-padding.ts";
import { detectThrash } from "./detect-thrash.ts";
import type { Judgement } from "./judgement.ts";
import { nodeFacts, poolFacts, roundRobin } from "./testing/pool-facts.ts";

const only = ({ seen }: Judgement) => {
  const [found, ...more] = seen;
  if (!found || more.length > 0) throw new Error(`${seen.length} findings`);
  return found;
};
const live = (...ranks: (number | null)[]) => ranks.map((rank) => ({ rank, targetModules: ["q_proj"] }));

describe("thrash", () => {
  const thrashing = nodeFacts({ evictions: { value: 1_500, source: "measured" }, trace: roundRobin(14) });

  it("says the peak, the slots, what to raise them to, and what that is predicted to bring", () => {
    const { body, severity, nodeId, subject } = only(detectThrash(poolFacts({ nodes: [thrashing] })));
    expect({ severity, nodeId, subject }).toEqual({
      severity: "warning",
      nodeId: "node_1",
      subject: { type: "node", id: "node_1", name: "a100-1" },
    });
    expect(body.sentence).toBe(
      "a100-1: more adapters are active at once than its 12 GPU slots can hold; raise --max-loras to 14: predicted evictions 300 → 0 a minute (forecast).",
    );
    expect(body.evidence.map(({ figure }) => [figure.value, figure.source, figure.simulated])).toEqual([
      [1_500, "measured", true],
      [14, "derived", true],
      [12, "measured", true],
    ]);
    expect(body.forecast).toMatchObject({ before: 300, after: 0, unit: "a minute" });
    expect(body.fix.command).toContain(`/pools/pool_1/rollouts" -H "authorization: Bearer $SWITCHYARD_KEY"`);
    expect(body.fix.command).toContain(`-d '{"target":{"maxLoras":14}}'`);
    expect(body.fix.action).toEqual({ label: "Roll out new limits", href: "/pools/pool_1/rollouts?maxLoras=14" });
  });

  it("raises the CPU cache with the slots, which it must not be below", () => {
    const facts = poolFacts({ nodes: [thrashing] }, { maxCpuLoras: 12 });
    expect(only(detectThrash(facts)).body.fix.action?.href).toBe("/pools/pool_1/rollouts?maxLoras=14&maxCpuLoras=14");
  });

  it("suggests one number for all nodes: the one that thrashes most decides", () => {
    const worse = nodeFacts({
      id: "node_2",
      name: "a100-2",
      evictions: { value: 900, source: "measured" },
      trace: roundRobin(20),
    });
    const { seen } = detectThrash(poolFacts({ nodes: [thrashing, worse] }));
    expect(seen.map(({ body }) => body.fix.action?.href)).toEqual(Array(2).fill("/pools/pool_1/rollouts?maxLoras=20"));
  });

  it("says when memory is unknown, and when it is short it says what else helps", () => {
    const unknown = only(detectThrash(poolFacts({ nodes: [{ ...thrashing, gpu: null }] })));
    expect(unknown.body.evidence[2]?.note).toContain("whether they fit is unknown");
    const small = only(detectThrash(poolFacts({ nodes: [{ ...thrashing, gpu: "GPU 19 GiB" }] })));
    expect(small.body.sentence).toContain("its GPU has no room for as many");
    expect(small.body.fix).toMatchObject({ command: null, action: { href: "/pools/pool_1/placement" } });
    expect(small.body.forecast).toBeNull();
  });

  it.each([
    [
      "evictions at the alert's limit",
      { evictions: { value: 50, source: "measured" as const }, trace: roundRobin(14) },
    ],
    ["a few evictions, whose requests nobody needs to read", { evictions: { value: 3, source: "derived" as const } }],
    ["as many tenants as slots", { evictions: { value: 60, source: "measured" as const }, trace: roundRobin(12) }],
  ])("says nothing of %s", (_what, change) => {
    expect(detectThrash(poolFacts({ nodes: [nodeFacts(change)] }))).toEqual({ seen: [], blind: [] });
  });

  it("is blind where nobody counted, and where the requests were too many to follow", () => {
    const nodes = [
      nodeFacts({ evictions: null }),
      nodeFacts({ id: "node_2", evictions: { value: 900, source: "measured" }, trace: null }),
    ];
    expect(detectThrash(poolFacts({ nodes }))).toEqual({
      seen: [],
      blind: [
        { pitfall: "eviction_thrash", nodeId: "node_1" },
        { pitfall: "eviction_thrash", nodeId: "node_2" },
      ],
    });
  });
});

describe("padding", () => {
  it("says it in bytes and money, and gives lower ranks beside higher ones another pool", () => {
    const facts = poolFacts({ live: live(64, 8), highestRank: 64 }, { maxLoraRank: 64 });
    const { body, severity } = only(detectPadding(facts));
    expect(severity).toBe("warning");
    expect(body.sentence).toContain("1 of rank 8 beside slots of rank 64");
    // rank 8 beside rank 64 wastes 87.5 % of its slot (mission M2)
    expect(body.evidence[1]?.figure.value).toBeCloseTo(0.875 / 2);
    expect(body.evidence[2]?.figure).toMatchObject({ unit: "USD/month", source: "derived" });
    expect(body.evidence[2]?.figure.value).toBeGreaterThan(0);
    expect(body.fix.action?.href).toBe("/pools/pool_1/contract");
    expect(body.forecast?.after).toBe(0);
  });

  it("lowers the pool's rank where nothing needs it", () => {
    const { body } = only(detectPadding(poolFacts({ live: live(8, 16), highestRank: 16 }, { maxLoraRank: 64 })));
    expect(body.fix.action?.href).toBe("/pools/pool_1/rollouts?maxLoraRank=16");
    expect(body.forecast?.after).toBeLessThan(body.forecast?.before ?? 0);
  });

  it("knows no money without prices, and no bytes without shapes", () => {
    const facts = poolFacts({ live: live(8), nodes: [nodeFacts({ pricePerHour: null })] }, { baseShapes: null });
    const { body } = only(detectPadding(facts));
    expect(body.evidence.map(({ figure }) => figure.value)).toEqual([null, 0.5, null]);
    expect(body.sentence).toContain("an unknown part");
    expect(body.forecast).toBeNull();
  });

  it("says nothing of one rank, and nothing of an empty pool", () => {
    expect(detectPadding(poolFacts()).seen).toEqual([]);
    expect(detectPadding(poolFacts({ live: [] })).seen).toEqual([]);
  });
});

describe("CPU starvation", () => {
  it("needs 1.2 places an adapter", () => {
    expect(detectCpuStarvation(poolFacts({}, { adapterCount: 40 })).seen).toEqual([]);
    const { body, severity } = only(detectCpuStarvation(poolFacts({}, { adapterCount: 41 })));
    expect(severity).toBe("notice");
    expect(body.sentence).toBe("48 places in the CPU cache, but 41 adapters need 50; raise --max-cpu-loras to 50.");
    expect(body.fix.action?.href).toBe("/pools/pool_1/rollouts?maxCpuLoras=50");
    expect(body.forecast).toBeNull();
  });

  it("tells of reads from disk, and forecasts them", () => {
    const reading = nodeFacts({
      cpuPlaces: 10,
      slots: 4,
      diskReads: { value: 700, source: "derived" },
      trace: roundRobin(14),
    });
    const { body, severity } = only(
      detectCpuStarvation(
        poolFacts({ tenants: 14, nodes: [reading] }, { maxCpuLoras: 10, maxLoras: 4, adapterCount: 14 }),
      ),
    );
    expect(severity).toBe("warning");
    expect(body.sentence).toContain("weights were read from disk 700 times in 5 min");
    expect(body.forecast?.before).toBeGreaterThan(200);
    expect(body.forecast?.after).toBe(0);
    expect(body.evidence.some(({ figure }) => figure.source === "derived")).toBe(true);
  });

  it("counts what lies there unloaded", () => {
    const nodes = [nodeFacts({ loaded: { now: 40, peak: 44 }, unlisted: 9 })];
    const { body } = only(detectCpuStarvation(poolFacts({ nodes })));
    expect(body.sentence).toContain("a100-1 held 49 versions at its peak");
  });

  it("is blind where nobody counts reads", () => {
    const nodes = [nodeFacts({ diskReads: null })];
    expect(detectCpuStarvation(poolFacts({ nodes })).blind).toEqual([{ pitfall: "cpu_starvation", nodeId: null }]);
  });
});

describe("missing fallback", () => {
  it.each([
    [
      "a policy that rejects",
      poolFacts({}, { fallback: "reject" }),
      "its policy lets nothing else answer",
      "/pools/pool_1",
    ],
    ["tenants that reject", poolFacts({ rejecting: 2 }), "2 tenants have no fallback", "/tenants"],
    ["one node", poolFacts({ nodes: [nodeFacts()] }), "a100-1 is its only node", "/nodes/add?pool=pool_1"],
    [
      "health checks that nobody would call that",
      poolFacts({ settings: { evictionAlertThreshold: 50, healthCheckInterval: 3_600 } }),
      "health checks come every 3600 s only",
      "/settings",
    ],
  ])("tells of %s", (_what, facts, words, href) => {
    const { body } = only(detectMissingFallback(facts));
    expect(body.sentence).toContain(words);
    expect(body.fix.action?.href).toBe(href);
  });

  it("says nothing of a pool as it should be, nor of one that serves nobody", () => {
    expect(detectMissingFallback(poolFacts()).seen).toEqual([]);
    expect(detectMissingFallback(poolFacts({ live: [], nodes: [] })).seen).toEqual([]);
  });
});
