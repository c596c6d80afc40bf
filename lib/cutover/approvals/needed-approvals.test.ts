import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TRACKS } from "../browser/plan-schema.ts";
import { DECIDERS, REACHES } from "../browser/policy-schema.ts";
import type { Step } from "../plan-step.ts";
import { neededApprovals } from "./needed-approvals.ts";

const track = (kind: (typeof TRACKS)[number]) => ({ kind, reason: "", requestsPerHour: 0 });
const canary: Step = { phase: "canary", index: 0, weight: 1 };
const full: Step = { phase: "full" };
type Named = "platform" | "customer" | null;

describe("whom a cutover asks", () => {
  it.each<[string, Named, Named, Step, (typeof TRACKS)[number], string[]]>([
    ["nobody", null, null, full, "stepwise", []],
    ["the customer before it goes live", null, "customer", full, "stepwise", ["live customer"]],
    ["nobody before the canary", null, "customer", canary, "stepwise", []],
    ["us before the canary, then not again", "platform", null, full, "stepwise", []],
    ["us before the canary", "platform", "customer", canary, "stepwise", ["canary platform"]],
    ["both where there is no canary", "platform", "customer", full, "at_once", ["canary platform", "live customer"]],
    ["one once where there is no canary", "customer", "customer", full, "shadow_only", ["live customer"]],
    ["whoever was to be asked before the canary", "customer", null, full, "first", ["live customer"]],
  ])("%s", (_name, beforeCanary, beforeLive, next, kind, expected) => {
    const policy = { beforeCanary, beforeLive, reach: "live" as const };
    const needed = neededApprovals(policy, { next, track: track(kind), isByPolicy: true });
    expect(needed.map(({ step, decider }) => `${step} ${decider}`)).toEqual(expected);
  });

  it("stops what the policy started at its reach: going live waits for us", () => {
    const policy = { beforeCanary: null, beforeLive: null, reach: "canary" as const };
    const ask = (isByPolicy: boolean) => neededApprovals(policy, { next: full, track: track("stepwise"), isByPolicy });
    expect(ask(true)).toEqual([{ step: "live", decider: "platform" }]);
    expect(ask(false)).toEqual([]);
  });

  it("asks everyone who is named before all requests go there, each step once, and on no later weight", () => {
    const named = fc.constantFrom<Named>(...DECIDERS, null);
    fc.assert(
      fc.property(
        fc.record({ beforeCanary: named, beforeLive: named, reach: fc.constantFrom(...REACHES) }),
        fc.constantFrom(...TRACKS),
        fc.boolean(),
        (policy, kind, isByPolicy) => {
          const at = (next: Step) => neededApprovals(policy, { next, track: track(kind), isByPolicy });
          const asked = kind === "stepwise" ? [...at(canary), ...at(full)] : at(full);
          const deciders = new Set(asked.map(({ decider }) => decider));
          for (const decider of [policy.beforeCanary, policy.beforeLive])
            if (decider !== null) expect(deciders).toContain(decider);
          expect(new Set(asked.map(({ step }) => step)).size).toBe(asked.length);
          expect(at({ phase: "canary", index: 1, weight: 5 })).toEqual([]);
          expect(at({ phase: "shadow" })).toEqual([]);
        },
      ),
    );
  });
});
