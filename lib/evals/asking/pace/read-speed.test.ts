import { expect, it } from "vitest";
import { judgeSpeed } from "./read-speed.ts";

const at = { nodes: 2, answersLeft: 1_800, asOf: "2026-11-28T12:00:00.000Z" };

it("says when a gate ends at the latest: each answer has a tenth of a node", () => {
  const speed = judgeSpeed({ meanServiceMs: 130, simulated: true }, at);
  expect(speed).toMatchObject({ nodes: 2, service: { value: 130, source: "measured", simulated: true } });
  expect(speed?.latestPerPrompt).toMatchObject({ value: 18 * 130 * 5, unit: "ms", source: "inferred" });
  expect(speed?.latestLeft?.value).toBe(1_800 * 130 * 5);
  expect(judgeSpeed({ meanServiceMs: 130, simulated: false }, { ...at, answersLeft: null })?.latestLeft).toBeNull();
});

it("says nothing where nothing was answered, or no node serves", () => {
  expect(judgeSpeed({ meanServiceMs: null, simulated: false }, at)).toBeNull();
  expect(judgeSpeed({ meanServiceMs: 130, simulated: false }, { ...at, nodes: 0 })).toBeNull();
});
