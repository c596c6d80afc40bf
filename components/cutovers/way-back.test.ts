import { describe, expect, it } from "vitest";
import { rollBackRefusal, undoOfStart, undoOfStep } from "./way-back.ts";

type Cutover = Parameters<typeof rollBackRefusal>[0];
const cutover = (change: Partial<Cutover>) =>
  ({
    canRollBack: false,
    canAbort: false,
    phase: "completed",
    fromOrigin: false,
    fromNumber: 1,
    toNumber: 2,
    ...change,
  }) as Cutover;

describe("the way back", () => {
  it("is promised only where something answered before", () => {
    expect([undoOfStart("version"), undoOfStart("origin"), undoOfStart("nothing")]).toEqual([
      "Roll back on the tenant's page or on the cutover's",
      "Roll back to the customer's own endpoint, until it is switched off",
      null,
    ]);
    expect(undoOfStep({ fromOrigin: false, fromNumber: 3 })).toContain("Roll back to v3");
    expect(undoOfStep({ fromOrigin: true, fromNumber: null })).toContain("Roll back to its origin");
    expect(undoOfStep({ fromOrigin: false, fromNumber: null })).toBeNull();
  });

  it.each<[string, Partial<Cutover>, string | null]>([
    ["its version is live", { canRollBack: true }, null],
    ["rolled back already", { phase: "rolled_back" }, "It was already rolled back."],
    ["still warming", { phase: "warming", canAbort: true }, "No traffic has switched yet. Abort the cutover instead."],
    ["aborted", { phase: "aborted" }, "It was aborted before any traffic switched."],
    ["the first", { fromNumber: null }, "Nothing was live before v2: there is no version to roll back to."],
    ["overtaken", {}, "v2 is no longer live, or the version it replaced is gone."],
  ])("%s", (_name, change, refusal) => {
    expect(rollBackRefusal(cutover(change))).toBe(refusal);
  });
});
