import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "#lib/http/schema.ts";
import { type Finding, setCondition } from "./conditions.ts";

const anyFinding: fc.Arbitrary<Finding> = fc.record({
  type: fc.constantFrom("Reachable", "NoDrift", "Restored"),
  status: fc.constantFrom("true" as const, "false" as const, "unknown" as const),
  reason: fc.constantFrom("ok", "away", "other"),
  message: fc.constantFrom("one", "two"),
});

describe("setCondition", () => {
  it("moves the time only when status or reason change, and keeps one condition a type", () => {
    fc.assert(
      fc.property(fc.array(anyFinding), (findings) => {
        let conditions: readonly Condition[] = [];
        for (const [index, finding] of findings.entries()) {
          const now = new Date(Date.UTC(2026, 10, 24, 0, 0, index));
          const before = conditions.find(({ type }) => type === finding.type);
          conditions = setCondition(conditions, finding, now);
          const after = conditions.find(({ type }) => type === finding.type);
          expect(after).toMatchObject(finding);
          const moved = !before || before.status !== finding.status || before.reason !== finding.reason;
          expect(after?.lastTransitionTime).toBe(moved ? now.toISOString() : before?.lastTransitionTime);
        }
        expect(new Set(conditions.map(({ type }) => type)).size).toBe(conditions.length);
      }),
    );
  });

  it("hands back the very same array when nothing changed", () => {
    const finding: Finding = { type: "Reachable", status: "true", reason: "ok", message: "Seen." };
    const once = setCondition([], finding, new Date(0));
    expect(setCondition(once, finding, new Date(1))).toBe(once);
  });
});
