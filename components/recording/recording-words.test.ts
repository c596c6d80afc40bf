import { expect, it } from "vitest";
import type { Recording } from "#lib/evals/browser/recording-schema.ts";
import { endOf, statusOf, unusableOf } from "./recording-words.ts";

const RECORDING: Recording = {
  id: "rec_1",
  perCent: 100,
  most: 600,
  words: [],
  startedBy: "maya",
  startedAt: "2026-11-26T10:00:00.000Z",
  until: "2026-12-10T10:00:00.000Z",
  endedAt: null,
  endedBy: null,
  endReason: null,
  looked: 20,
  kept: 5,
  repeated: 1,
  unusable: { no_answer: 2, no_tools: 12 },
};
const stateOf = (recording: Recording | null, liveVersionId: string | null = "ver_1") => ({
  adapterId: "adp_1",
  tenantId: "ten_1",
  recording,
  cases: 5,
  liveVersionId,
});

it("tells an open recording from one that has nothing to keep, has ended, or never was", () => {
  const ended = { ...RECORDING, endedAt: "2026-11-27T10:00:00.000Z" };
  expect([RECORDING, ended, null].map((recording) => statusOf(stateOf(recording)))).toEqual([
    "recording",
    "ended",
    "never",
  ]);
  expect(statusOf(stateOf(RECORDING, null))).toBe("nothing_live");
});

it("says why requests were of no use, the most frequent reason first", () => {
  expect(unusableOf(RECORDING).map(({ count, words }) => `${count} ${words}`)).toEqual([
    "12 offered no tool",
    "2 got no complete answer",
  ]);
});

it("says why it ended, to each reader in its own words", () => {
  const full = { ...RECORDING, endReason: "full" as const, endedBy: "the gateway" };
  expect(endOf(full, "customer")).toBe("The limit you allowed was reached.");
  expect(endOf(full, "staff")).toBe("The allowed limit was reached.");
  expect(endOf(RECORDING, "customer")).toBeNull();
});
