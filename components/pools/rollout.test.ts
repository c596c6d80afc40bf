import { describe, expect, it } from "vitest";
import { type EngineLimits, StartRollout } from "#lib/fleet/schema.ts";
import { limitChanges, slotMemoryWith } from "./limit-facts.ts";
import { bodyOf, targetOf, valuesOf } from "./rollout-body.ts";
import { inRolloutOrder, rolloutConsequences } from "./rollout-consequences.ts";

const before: EngineLimits = {
  maxLoras: 12,
  maxCpuLoras: 48,
  maxLoraRank: 16,
  maxModelLen: 8192,
  gpuMemoryUtilization: 0.9,
};
const pool = { restartStep: "manual", adapterCount: 40 } as const;
const reachable = { type: "Reachable", status: "true", reason: "ok", message: "", lastTransitionTime: "" } as const;
const node = (name: string, standalone = false) => ({
  id: name,
  name,
  standalone,
  cordoned: false,
  conditions: [reachable],
});
const warningsOf = (target: EngineLimits, nodes = [node("node-1"), node("node-2")]) =>
  rolloutConsequences(pool, before, target, { nodes })
    .filter(({ tone }) => tone === "warn")
    .map(({ text }) => text);

describe("a rollout", () => {
  it("sends only the limits that changed, and is one the API takes", () => {
    const body = bodyOf({ ...valuesOf(before), maxLoras: 16, restartMinutes: 1.5 }, before);
    expect(body).toEqual({ target: { maxLoras: 16 }, drainSeconds: 120, restartSeconds: 90 });
    expect(StartRollout.parse(body).target).toEqual({ maxLoras: 16 });
  });

  it("never sends what is no number, and draws the preview with what it was", () => {
    const values = { ...valuesOf(before), maxLoras: Number.NaN };
    expect(targetOf(values, before).maxLoras).toBe(12);
    const refused = StartRollout.safeParse(bodyOf(values, before));
    expect(refused.error?.issues.map((issue) => issue.path.join("."))).toEqual(["target.maxLoras"]);
    expect(StartRollout.safeParse(bodyOf({ ...values, restartMinutes: Number.NaN }, before)).success).toBe(false);
  });

  it("names what changes in the order of the form", () => {
    const after = { ...before, maxLoraRank: 32 as const, maxLoras: 16 };
    expect(limitChanges(before, after).map(({ key }) => key)).toEqual(["maxLoras", "maxLoraRank"]);
  });

  it("counts slot memory by slots and rank", () => {
    const memory = (slots: number, rank: 16 | 32) =>
      slotMemoryWith({ slotBytes: 100, maxLoraRank: 16 }, { maxLoras: slots, maxLoraRank: rank });
    expect([memory(12, 16), memory(24, 16), memory(12, 32)]).toEqual([1200, 2400, 2400]);
    expect(slotMemoryWith({ slotBytes: null, maxLoraRank: 16 }, before)).toBeNull();
  });
});

describe("rolloutConsequences", () => {
  it("has no warning while another node answers and everything fits", () => {
    expect(warningsOf({ ...before, maxLoras: 16 })).toEqual([]);
  });

  it("warns when the only serving node goes away", () => {
    const [warning] = warningsOf({ ...before, maxLoras: 16 }, [node("node-1"), node("alone", true)]);
    expect(warning).toMatch(/^node-1 is the only node that serves/);
  });

  it("begins with nodes that serve nobody", () => {
    const order = inRolloutOrder([node("b"), node("a"), node("z", true)]).map(({ name }) => name);
    expect(order).toEqual(["z", "a", "b"]);
  });

  it("warns of a cache that vLLM refuses, and of one that is too small", () => {
    expect(warningsOf({ ...before, maxLoras: 64 })[0]).toMatch(/does not start/);
    expect(warningsOf({ ...before, maxCpuLoras: 40 })[0]).toMatch(/40 places for 40 adapters; 1\.2 per adapter is 48/);
  });

  it("warns of adapters and requests that will not fit any more", () => {
    expect(warningsOf({ ...before, maxLoraRank: 8 })[0]).toMatch(/above rank 8/);
    expect(warningsOf({ ...before, maxModelLen: 4096 })[0]).toMatch(/longer than 4096/);
  });
});
