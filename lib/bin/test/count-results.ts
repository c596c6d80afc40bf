import * as z from "zod";

export type Counts = { passed: number; failed: number; skipped: number };

/** The part of vitest's JSON report that is counted. */
const VitestReport = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/**
 * Counts vitest's JSON report. A file that could not even be read counts as one failure, and so does a run that failed
 * without a failing test (an error after the tests, for one).
 */
export function countVitest(report: unknown): Counts {
  const { success, numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } =
    VitestReport.parse(report);
  const unread = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unread;
  return {
    passed: numPassedTests,
    failed: failed === 0 && !success ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  };
}

/** The part of Playwright's JSON report that is counted. */
const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()),
});

/**
 * Counts Playwright's JSON report. A test that passed only when repeated did not pass. Tests that never ran because a
 * set-up failed are reported as skipped by Playwright: with any failure they count as failed.
 */
export function countPlaywright(report: unknown): Counts {
  const { stats, errors } = PlaywrightReport.parse(report);
  const failed = stats.unexpected + stats.flaky + errors.length;
  return failed > 0
    ? { passed: stats.expected, failed: failed + stats.skipped, skipped: 0 }
    : { passed: stats.expected, failed, skipped: stats.skipped };
}

export const addCounts = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** The last line of `npm test`. A skipped test is a promise not kept: it is told apart, above. */
export const lastLine = ({ passed, failed }: Counts): string => `${passed} passed, ${failed} failed`;
