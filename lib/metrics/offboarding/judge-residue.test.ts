import { expect, it } from "vitest";
import { judgeResidue, type ResidueEntry, residueOutcome } from "./judge-residue.ts";

const NOW = new Date("2026-11-24T10:00:00.000Z");
const sight = (nodeId: string, tier: "gpu" | "cpu" | "absent" | "unknown", more = {}) => ({
  nodeId,
  nodeName: nodeId,
  poolId: "pool_1",
  epoch: 3,
  loraNames: ["acme--bot--v1-0"],
  tier,
  isPlaced: false,
  message: tier,
  ...more,
});
const epochs = (entries: Record<string, number>) => new Map(Object.entries(entries));
const hows = (entries: readonly ResidueEntry[]) => entries.map(({ nodeId, how }) => [nodeId, how]);

it("believes a plugin, a newer process and a removed node, and nothing else", () => {
  const seen = [sight("a", "absent"), sight("b", "gpu"), sight("c", "unknown"), sight("d", "cpu")];
  const first = judgeResidue([], seen, epochs({ a: 3, b: 3, c: 3, d: 3 }), NOW);
  expect(hows(first)).toEqual([
    ["a", "measured"],
    ["b", null],
    ["c", null],
    ["d", null],
  ]);
  const second = judgeResidue(first, [sight("b", "cpu")], epochs({ b: 3, c: 4 }), NOW);
  expect(hows(second)).toEqual([
    ["a", "measured"],
    ["b", null],
    ["c", "restarted"],
    ["d", "node_removed"],
  ]);
});

it("proves nothing while a version is still placed there", () => {
  const placed = [sight("a", "absent", { isPlaced: true })];
  expect(hows(judgeResidue([], placed, epochs({ a: 3 }), NOW))).toEqual([["a", null]]);
});

it("says where weights may stay, and until when, instead of calling that done", () => {
  const entries = judgeResidue([], [sight("a", "unknown"), sight("b", "absent")], epochs({ a: 3, b: 3 }), NOW);
  const told = (change: Partial<Parameters<typeof residueOutcome>[1]> = {}, of = entries) =>
    residueOutcome(of, { arePlacementsDone: true, restartNodes: false, ...change });
  expect(told()).toEqual({
    state: "skipped",
    message: "Weights may stay in memory of a (epoch 3) until the next restart.",
  });
  expect(told({ arePlacementsDone: false }).state).toBe("waiting");
  expect(told({ restartNodes: true }).state).toBe("running");
  const failed = entries.map((entry) => ({ ...entry, problem: "Its restart was cancelled." }));
  expect(told({ restartNodes: true }, failed)).toMatchObject({
    state: "skipped",
    message: expect.stringContaining("cancelled"),
  });
  expect(told({}, judgeResidue(entries, [], epochs({ a: 4, b: 3 }), NOW))).toEqual({
    state: "done",
    message: "Cleared on 2 nodes: a restarted, b measured.",
  });
  expect(told({}, []).message).toBe("No node's current process ever loaded its weights.");
});
