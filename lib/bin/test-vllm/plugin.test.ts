import { expect, it } from "vitest";
import { countUnittest } from "./plugin.ts";

it("counts what unittest prints", () => {
  expect(countUnittest("Ran 12 tests in 0.1s\n\nOK\n", true)).toEqual({ passed: 12, failed: 0, skipped: 0 });
  expect(countUnittest("Ran 12 tests in 0.1s\n\nOK (skipped=2)\n", true)).toEqual({
    passed: 10,
    failed: 0,
    skipped: 2,
  });
  expect(countUnittest("Ran 5 tests in 1s\n\nFAILED (failures=1, errors=2)\n", false)).toEqual({
    passed: 2,
    failed: 3,
    skipped: 0,
  });
  expect(countUnittest("SyntaxError: …", false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
