import { expect, it } from "vitest";
import { latestEnd } from "./latest-end.ts";

const make = (value: number) => ({
  ...{ value, unit: "ms", source: "inferred" as const, simulated: false, asOf: "2026-11-28T12:00:00.000Z" },
  coverage: null,
});

it("promises an end before a run, where the pool's speed is known", () => {
  const speed = { nodes: 2, service: make(130), latestPerPrompt: make(18 * 130 * 5), latestLeft: null };
  expect(latestEnd(speed, 200)).toBe(
    "Takes 39\u202fmin at most while no customer request of the pool is waiting; customer requests have priority.",
  );
  expect(latestEnd(null, 200)).toContain("unknown");
});
