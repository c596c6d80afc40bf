import { describe, expect, it } from "vitest";
import { requestStages, type StageTimes, type SwapTimes } from "./request-stages.ts";

const NOON = Date.parse("2026-11-25T12:00:00.000Z");
const at = (ms: number) => new Date(NOON + ms);
const NO_SWAPS: SwapTimes = { cpu: null, disk: null };
/** Arrived at 0, sent at 100 after waiting 80 of which 30 by choice, first byte at 400, over at 1000. */
const times = (change: Partial<StageTimes> = {}): StageTimes => ({
  arrivedAt: at(0),
  dispatchedAt: at(100),
  firstByteAt: at(400),
  endedAt: at(1_000),
  queuedMs: 80,
  heldMs: 30,
  stream: true,
  expectedTier: "gpu",
  simulated: false,
  ...change,
});
const read = (change: Partial<StageTimes>, swaps = NO_SWAPS) =>
  requestStages(times(change), swaps).map(({ key, time }) => [key, time.value, time.source]);

describe("requestStages", () => {
  it("splits a streamed request into stages that add up to it", () => {
    expect(read({})).toEqual([
      ["gateway", 20, "measured"],
      ["queued", 50, "measured"],
      ["held", 30, "measured"],
      ["weights", 0, "derived"],
      ["prefill", 300, "measured"],
      ["decode", 600, "measured"],
    ]);
    expect(read({}).reduce((sum, [, value]) => sum + Number(value), 0)).toBe(1_000);
  });

  it("estimates the weights by the node's own swaps, and calls what is left of the prefill an estimate too", () => {
    const swaps: SwapTimes = { cpu: { le: [0.02, 0.04], counts: [0, 10, 0] }, disk: null };
    expect(read({ expectedTier: "cpu" }, swaps).slice(3)).toEqual([
      ["weights", 30, "inferred"],
      ["prefill", 270, "inferred"],
      ["decode", 600, "measured"],
    ]);
  });

  it.each([
    ["a node that measures no swaps", "disk"],
    ["a gateway that did not know either", "unknown"],
  ] as const)("leaves the weights unknown for %s, and says which stage holds them", (_name, expectedTier) => {
    const weights = requestStages(times({ expectedTier }), NO_SWAPS).find(({ key }) => key === "weights");
    expect(weights?.time.value).toBeNull();
    expect(weights?.note).toContain("next stage includes");
  });

  it("has no weights where no adapter was asked for, and no prefill where the reply came in one piece", () => {
    expect(read({ expectedTier: null, stream: false }).map(([key, value]) => [key, value])).toEqual([
      ["gateway", 20],
      ["queued", 50],
      ["held", 30],
      ["answer", 900],
    ]);
  });

  it("ends with what the gateway did where nothing was asked", () => {
    expect(read({ dispatchedAt: null, firstByteAt: null, queuedMs: null, heldMs: null })).toEqual([
      ["gateway", 1_000, "measured"],
      ["queued", null, "measured"],
      ["held", null, "measured"],
    ]);
  });
});
