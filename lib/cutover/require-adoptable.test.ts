import { describe, expect, it } from "vitest";
import { requireAdoptable } from "./require-adoptable.ts";

type Facts = Parameters<typeof requireAdoptable>[0];
const FIRST: Facts = { liveVersionId: null, overrideReason: "Live elsewhere since May.", gate: { verdict: null } };
const adopt = (change: Partial<Facts>) => () => requireAdoptable({ ...FIRST, ...change });

describe("adopting a version", () => {
  it("is for the first of an adapter, with a reason, before any gate was judged", () => {
    expect(adopt({})).not.toThrow();
  });

  it.each<[string, Partial<Facts>, RegExp]>([
    ["another version is live", { liveVersionId: "ver_1" }, /is live, so a gate can be run/],
    ["its gate failed", { gate: { verdict: { outcome: "fail", runId: "run_1" } } }, /was judged: fail \(run_1\)/],
    ["no reason is given", { overrideReason: null }, /with a reason/],
  ])("is refused where %s", (_name, change, message) => {
    expect(adopt(change)).toThrow(message);
  });
});
