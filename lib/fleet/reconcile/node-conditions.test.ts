import { describe, expect, it } from "vitest";
import type { Condition } from "#lib/http/schema.ts";
import { conditionOf, NODE_CONDITIONS } from "../conditions.ts";
import type { NodeState } from "../node-state.ts";
import { nodeConditions, type Sight } from "./node-conditions.ts";
import type { Seen } from "./poll.ts";

const EARLIER = new Date("2026-11-24T10:00:00Z");
const NOW = new Date("2026-11-24T11:00:00Z");
const poll = { kind: "seen", cards: [], engineHealthy: true, version: null } as unknown as Seen;
const sight: Sight = {
  bases: [],
  registrations: [],
  conditionFor: () => {
    throw new Error("no placement here");
  },
  restarted: false,
  baseModelMatches: true,
  backend: null,
};
const known = (engineVersion: string | null, conditions: Condition[] = []) =>
  ({ engineVersion, gpu: null, conditions, placements: [], registrations: [], pool: {} }) as unknown as NodeState;
const supported = (node: NodeState, seen: Seen = poll, backend: Sight["backend"] = null) =>
  conditionOf(nodeConditions(node, seen, { ...sight, backend }, NOW), NODE_CONDITIONS.engineSupported);

describe("EngineSupported", () => {
  it("is judged anew at every poll, though the version is not asked for again", () => {
    const condition = supported(known("0.24.0"));
    expect(condition).toMatchObject({ status: "false", reason: "engine_wrong_adapter_under_load" });
    expect(condition?.message).toContain("Upgrade to vLLM 0.25");
    expect(supported(known("0.32.0"))).toMatchObject({ status: "true" });
    expect(supported(known(null))).toMatchObject({ status: "false", reason: "engine_version_unknown" });
  });

  it("knows the faults of engines on a CPU, also where the version does not tell it", () => {
    const on = (backend: Sight["backend"], gpu: string | null = null) =>
      supported({ ...known("0.32.0"), gpu }, poll, backend)?.reason;
    expect([on("cpu"), on("cpu_likely"), on(null, "CPU")]).toEqual(Array(3).fill("engine_cpu_base_rows"));
    expect([on("gpu"), on("cpu_likely", "A100"), on(null, "A100"), on(null)]).toEqual(Array(4).fill("ok"));
  });

  it("follows the version that a restart brings", () => {
    expect(supported(known("0.24.0"), { ...poll, version: "0.25.1" })).toMatchObject({ status: "true" });
    expect(supported(known("0.25.1"), { ...poll, version: "0.17.0" })).toMatchObject({ status: "false" });
  });

  it("overturns what an older table had said of the same version", () => {
    const said: Condition = {
      type: NODE_CONDITIONS.engineSupported,
      status: "true",
      reason: "ok",
      message: "No known fault of this release concerns us.",
      lastTransitionTime: EARLIER.toISOString(),
    };
    expect(supported(known("0.24.0", [said]))).toMatchObject({
      status: "false",
      lastTransitionTime: NOW.toISOString(),
    });
    const withdrawn = { ...said, status: "false" as const, reason: "engine_fault_since_withdrawn" };
    expect(supported(known("0.32.0", [withdrawn]))).toMatchObject({ status: "true", reason: "ok" });
  });
});
