import { describe, expect, it } from "vitest";
import type { VersionStatus } from "#lib/registry/schema.ts";
import { statusWord } from "../ui/status-words.ts";
import { standingOf, type TestRun } from "./version-standing.ts";

const version = (status: VersionStatus) => ({ id: "ver_1", status });
const run = (outcome: "pass" | "fail" | "inconclusive", change: Partial<TestRun> = {}): TestRun => ({
  candidateVersionId: "ver_1",
  gates: true,
  state: "completed",
  verdict: { outcome },
  ...change,
});
const seen = (status: VersionStatus, runs: readonly TestRun[] | null) => {
  const { role, word } = statusWord(standingOf(version(status), runs));
  return `${word}, ${role}`;
};

describe("how a version stands, to its customer", () => {
  it("is that its test failed, or told nothing, however ready it is", () => {
    expect(seen("staged", [run("fail")])).toBe("Test failed, bad");
    expect(seen("ready", [run("fail")])).toBe("Test failed, bad");
    expect(seen("staged", [run("inconclusive")])).toBe("Test inconclusive, warn");
  });

  it("goes by the newest test that was judged, or is under way", () => {
    expect(seen("staged", [run("pass"), run("fail")])).toBe("Staged, ok");
    expect(seen("staged", [run("fail"), run("pass")])).toBe("Test failed, bad");
    expect(seen("ready", [run("fail", { state: "running", verdict: null }), run("fail")])).toBe("Being tested, busy");
    expect(seen("ready", [run("fail", { state: "queued", verdict: null })])).toBe("Being tested, busy");
    expect(seen("staged", [run("fail", { state: "cancelled", verdict: null }), run("fail")])).toBe("Test failed, bad");
  });

  it("is untouched by comparisons, by other versions' tests, and before there was a test", () => {
    expect(seen("staged", [run("fail", { gates: false })])).toBe("Staged, ok");
    expect(seen("staged", [run("fail", { candidateVersionId: "ver_2" })])).toBe("Staged, ok");
    expect(seen("ready", [])).toBe("Ready, ok");
  });

  it("is what it is where a test decides nothing any more", () => {
    expect(seen("live", [run("fail")])).toBe("Live, ok");
    expect(seen("retired", [run("fail")])).toBe("Retired, off");
    expect(seen("rejected", null)).toBe("Rejected, bad");
  });

  it("is unknown, not fine, where its tests cannot be read", () => {
    expect(seen("staged", null)).toBe("Unknown, unknown");
  });
});
