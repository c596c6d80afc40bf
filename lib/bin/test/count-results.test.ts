import { describe, expect, it } from "vitest";
import { addCounts, countPlaywright, countVitest, lastLine } from "./count-results.ts";

const vitest = (change: object = {}) => ({
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: "passed", assertionResults: [{}, {}, {}] }],
  ...change,
});

describe("countVitest", () => {
  it("counts tests", () => {
    expect(countVitest(vitest())).toEqual({ passed: 3, failed: 0, skipped: 0 });
    expect(countVitest(vitest({ success: false, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 }))).toEqual({
      passed: 3,
      failed: 2,
      skipped: 2,
    });
  });

  it("counts a file that could not be read", () => {
    const testResults = [{ status: "failed", assertionResults: [] }];
    expect(countVitest(vitest({ success: false, testResults }))).toMatchObject({ failed: 1 });
  });

  it("counts a run that failed without a failing test", () => {
    expect(countVitest(vitest({ success: false }))).toMatchObject({ passed: 3, failed: 1 });
  });

  it("refuses what is not a report", () => {
    expect(() => countVitest({})).toThrow();
  });
});

describe("countPlaywright", () => {
  const report = (stats: object = {}, errors: unknown[] = []) => ({
    stats: { expected: 4, unexpected: 0, flaky: 0, skipped: 0, ...stats },
    errors,
  });

  it("counts tests; one that needed a second try failed", () => {
    expect(countPlaywright(report())).toEqual({ passed: 4, failed: 0, skipped: 0 });
    expect(countPlaywright(report({ unexpected: 1, flaky: 1 }))).toEqual({ passed: 4, failed: 2, skipped: 0 });
  });

  it("counts a product that did not start, and what could not run for it", () => {
    expect(countPlaywright(report({ expected: 0 }, [{ message: "no server" }]))).toMatchObject({ failed: 1 });
    expect(countPlaywright(report({ expected: 0, unexpected: 1, skipped: 7 }))).toMatchObject({ failed: 8 });
  });
});

it("prints the sum as the last line", () => {
  const sum = addCounts({ passed: 3, failed: 0, skipped: 1 }, { passed: 4, failed: 2, skipped: 0 });
  expect(sum.skipped).toBe(1);
  expect(lastLine(sum)).toBe("7 passed, 2 failed");
});
