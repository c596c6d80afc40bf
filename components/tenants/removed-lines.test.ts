import { expect, it } from "vitest";
import { removedLines } from "./removed-lines.ts";

const AT = "2026-11-24T10:00:00.000Z";
const step = (record: Record<string, unknown>) =>
  ({ step: "placements", state: "running", message: "", record, startedAt: AT, finishedAt: null }) as const;

it("says what was removed where and when, and what was not yet", () => {
  const placements = [
    { loraName: "acme--bot--v1-0", nodeName: "n1", epoch: 3, goneAt: AT },
    { loraName: "acme--bot--v1-0", nodeName: "n2", epoch: 1, goneAt: null },
  ];
  expect(removedLines(step({ placements }))).toEqual([
    { what: "acme--bot--v1-0", where: "n1, epoch 3", at: AT },
    { what: "acme--bot--v1-0", where: "n2, epoch 1", at: null },
  ]);
  const versions = [
    { version: "bot v1", directory: "acme--bot/0123", removedAt: AT },
    { version: "bot v2", directory: null, removedAt: AT },
  ];
  expect(removedLines(step({ versions })).map(({ what, where }) => [what, where])).toEqual([
    ["acme--bot/0123", "bot v1"],
    ["bot v2", "had no files in the store"],
  ]);
});

it("shows what it can of a record it does not know", () => {
  expect(removedLines(step({ other: [1], placements: "none", nodes: [{}] }))).toEqual([
    { what: "–", where: "epoch –: –", at: null },
  ]);
});
