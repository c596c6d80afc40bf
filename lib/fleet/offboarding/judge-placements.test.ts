import { expect, it } from "vitest";
import { judgePlacements } from "./judge-placements.ts";

const NOW = new Date("2026-11-24T10:00:00.000Z");
const LATER = new Date("2026-11-24T10:05:00.000Z");
const on = (nodeId: string, more = {}) => ({
  version: "bot v1",
  loraName: "acme--bot--v1-0",
  nodeId,
  nodeName: nodeId,
  epoch: 3,
  isReachable: true,
  unloadedAt: null,
  ...more,
});

it("keeps when each node was seen without each version, also once it has nothing left", () => {
  const first = judgePlacements([], [on("a"), on("b")], [], NOW);
  expect(first).toMatchObject({ state: "running", message: "Being unloaded from a, b." });
  const second = judgePlacements(first.record.placements, [on("b", { unloadedAt: NOW })], [], NOW);
  expect(second.message).toMatch(/^Unloaded from b; requests/);
  const third = judgePlacements(second.record.placements, [], [], LATER);
  expect(third).toMatchObject({ state: "done", message: expect.stringMatching(/2 nodes, which list none/) });
  expect(third.record.placements.map(({ nodeId, goneAt }) => [nodeId, goneAt])).toEqual([
    ["a", NOW.toISOString()],
    ["b", LATER.toISOString()],
  ]);
});

it("waits for a node that is away, and for names loaded from elsewhere, and says what to do", () => {
  const away = judgePlacements([], [on("a", { isReachable: false }), on("b")], [], NOW);
  expect(away.state).toBe("waiting");
  expect(away.message).toMatch(/a cannot be reached.*Bring it back, or remove it.*Being unloaded from b/);
  const stranger = judgePlacements([], [], [{ loraName: "acme--bot--v1-0", nodeId: "c", nodeName: "c" }], NOW);
  expect(stranger).toMatchObject({ state: "waiting", message: expect.stringContaining("Unload it there.") });
});

it("says so when nothing was on any node", () => {
  expect(judgePlacements([], [], [], NOW)).toMatchObject({ state: "done", message: "Nothing of it was on a node." });
});
