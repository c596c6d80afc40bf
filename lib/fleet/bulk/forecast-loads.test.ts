import { describe, expect, it } from "vitest";
import type { BulkNode } from "./bulk-store.ts";
import { forecastLoads } from "./forecast-loads.ts";
import { judgeStage, listNames } from "./judge-version.ts";

const node = (id: string, more: Partial<BulkNode> = {}): BulkNode => ({
  id,
  name: id,
  poolId: "p",
  standalone: false,
  cordoned: false,
  simulated: false,
  pricePerHour: 3.6,
  slots: 2,
  places: 4,
  fetches: false,
  resident: new Set(),
  loaded: new Set(),
  wanted: new Map(),
  ...more,
});
const load = (id: string, nodeIds: string[], sizeBytes = 42_000_000) => ({ id, sizeBytes, nodeIds });
const now = new Date(0);

describe("forecastLoads", () => {
  it("counts the peak of resident versions, those that are there already once", () => {
    const here = node("a", { resident: new Set(["v1", "stranger"]), loaded: new Set(["v1"]) });
    const { nodes, warnings, loaded } = forecastLoads([load("v1", ["a"]), load("v2", ["a"])], [here], new Map(), now);
    expect(nodes).toMatchObject([{ loads: 1, residentNow: 2, residentPeak: 3, places: 4, slots: 2 }]);
    expect(loaded.figure.value).toBe(42_000_000);
    expect(warnings).toEqual([]);
  });

  it("warns where more would be resident than the CPU cache has places", () => {
    const five = ["1", "2", "3", "4", "5"].map((id) => load(id, ["a", "b"]));
    const { warnings } = forecastLoads(five, [node("a"), node("b", { places: 5 })], new Map(), now);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("a would hold 5 versions at once and has 4 places");
  });

  it("takes a node's own loads for the time, else a stated rate; the slowest node decides", () => {
    const times = new Map([["a", { medianMs: 2_000, count: 9 }]]);
    const { duration, cost, nodes } = forecastLoads([load("v", ["a", "b"])], [node("a"), node("b")], times, now);
    expect(nodes.map(({ loadTime }) => loadTime.figure.value)).toEqual([2, 0.5]);
    expect(duration).toMatchObject({
      figure: { value: 2, source: "inferred" },
      note: expect.stringContaining("9 loads"),
    });
    expect(cost.figure.value).toBeCloseTo(0.0025, 6);
  });

  it("knows no cost where a node has no price, and copies nothing where a directory is shared", () => {
    const nodes = [node("a", { pricePerHour: null, fetches: true }), node("b")];
    const { cost, copied } = forecastLoads([load("v", ["a", "b"])], nodes, new Map(), now);
    expect(cost.figure).toMatchObject({ value: null, coverage: { seen: 1, of: 2 } });
    expect(copied.figure.value).toBe(42_000_000);
    expect(forecastLoads([], nodes, new Map(), now)).toMatchObject({ nodes: [], duration: { figure: { value: 0 } } });
  });
});

describe("judgeStage", () => {
  const version = {
    id: "v",
    number: 3,
    state: "ready" as const,
    sizeBytes: 1,
    adapterId: "a",
    adapterSlug: "bot",
    poolId: "p",
    tenantId: "t",
    tenantSlug: "acme",
    tenantName: "Acme",
    tenantStatus: "active" as const,
    replicas: null,
    liveVersionId: null,
  };
  const site = (nodeName: string, isThere = false, isFailing = false) => ({ nodeName, isThere, isFailing });

  it("does what is missing, tries again what failed, and nothing twice", () => {
    expect(judgeStage(version, [site("a", true), site("b")])).toMatchObject({ act: true, reason: "Loads on b." });
    expect(judgeStage(version, [site("a", true, true)])).toMatchObject({
      act: true,
      reason: expect.stringContaining("again"),
    });
    expect(judgeStage(version, [site("a", true)])).toMatchObject({ act: false, fix: null });
  });

  it("says why nothing can be done", () => {
    expect(judgeStage({ ...version, state: "rejected" }, [site("a")]).reason).toContain("rejected");
    expect(judgeStage({ ...version, tenantStatus: "offboarding" }, [site("a")]).reason).toBe(
      "Acme is being off-boarded.",
    );
    expect(judgeStage(version, [])).toMatchObject({ act: false, fix: "Add a node to the pool first." });
  });

  it("names at most three nodes", () => {
    expect(listNames(["a"])).toBe("a");
    expect(listNames(["a", "b", "c"])).toBe("a, b and c");
    expect(listNames(["a", "b", "c", "d", "e"])).toBe("a, b, c and 2 more");
  });
});
