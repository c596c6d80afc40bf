import { describe, expect, it } from "vitest";
import type { OriginState } from "../browser/moving-in-schema.ts";
import { type DeclaredOrigin, type OriginFacts, originState, sumOrigins } from "./origin-state.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const facts: OriginFacts = { liveVersionId: null, originUntil: null, originEndedAt: null, isMoving: false };
const later = (ms: number) => new Date(NOW.getTime() + ms);

describe("originState", () => {
  it.each<[string, Partial<OriginFacts>, OriginState]>([
    ["nothing is live", {}, "at_origin"],
    ["a cutover is under way", { isMoving: true }, "moving"],
    ["a version is live", { liveVersionId: "ver_1", originUntil: later(1) }, "in_pool"],
    [
      "it is live, and another cutover is under way",
      { liveVersionId: "ver_1", originUntil: later(1), isMoving: true },
      "in_pool",
    ],
    ["its time is just over", { liveVersionId: "ver_1", originUntil: NOW }, "may_end"],
    ["it was switched off early", { liveVersionId: "ver_1", originUntil: later(1), originEndedAt: NOW }, "ended"],
  ])("when %s", (_what, change, expected) => {
    expect(originState({ ...facts, ...change }, NOW)).toBe(expected);
  });
});

describe("sumOrigins", () => {
  const origin = (endpointId: string, state: OriginState, gpus: number | null, costPerMonth: number | null) =>
    ({ endpointId, state, gpus, costPerMonth }) satisfies DeclaredOrigin;
  const nothing = { endpoints: 0, gpus: 0, costPerMonth: 0, withoutGpus: 0, withoutCost: 0 };

  it("keeps what nobody said apart from nothing", () => {
    const sums = sumOrigins([
      origin("a", "ended", 1, 600),
      origin("b", "ended", 0, null),
      origin("c", "ended", null, 0),
    ]);
    expect(sums).toEqual({
      kept: nothing,
      mayEnd: nothing,
      freed: { endpoints: 3, gpus: 1, costPerMonth: 600, withoutGpus: 1, withoutCost: 1 },
    });
  });

  it("frees an endpoint only when the last adapter has left it", () => {
    const two = (second: OriginState) => sumOrigins([origin("a", "ended", 1, 600), origin("a", second, 1, 600)]);
    expect(two("at_origin")).toMatchObject({ kept: { endpoints: 1, gpus: 1 }, freed: nothing });
    expect(two("may_end")).toMatchObject({ mayEnd: { gpus: 1 }, freed: nothing });
    expect(two("ended")).toMatchObject({ kept: nothing, freed: { endpoints: 1, costPerMonth: 600 } });
  });
});
