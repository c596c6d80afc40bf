import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childEnv } from "#lib/platform/env.ts";
import { NIGHTLY } from "#lib/platform/nightly.ts";
import { toolPath } from "../check/run-tool.ts";
import { type Counts, countPlaywright, countVitest } from "./count-results.ts";
import { pageSnapshots } from "./page-snapshots.ts";

/** A test runner: how to start it so that it writes its JSON report to a file, and how to count that. */
type Suite = {
  name: string;
  command: (root: string, report: string) => { args: string[]; env: Record<string, string> };
  count: (report: unknown) => Counts;
  /** What else is printed when a test failed. */
  explain?: (root: string) => Promise<string[]>;
};

export const VITEST: Suite = {
  name: "unit, database and contract tests",
  command: (root, report) => ({
    args: [toolPath(root, "vitest"), "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    env: {},
  }),
  count: countVitest,
};

/** @param projects of playwright.config.ts; none = all of them */
const browserTests = (...projects: string[]): Suite => ({
  name: "browser tests",
  command: (root, report) => ({
    args: [
      toolPath(root, "@playwright/test", "playwright"),
      "test",
      "--reporter=list,json",
      ...projects.map((project) => `--project=${project}`),
    ],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  }),
  count: countPlaywright,
  explain: pageSnapshots,
});

export const PLAYWRIGHT = browserTests("demo", "journeys", "fleet");
export const PLAYWRIGHT_NIGHTLY = browserTests();

type SuiteOptions = {
  /** Full counts instead of those that fit into a quarter of an hour: `isNightly` in lib/platform/testing. */
  nightly: boolean;
  print: (line: string) => void;
};

/**
 * Runs a suite with its own progress on the terminal.
 * @returns what it counted; one failure when it ended without a report
 */
export async function runSuite(root: string, suite: Suite, { nightly, print }: SuiteOptions): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-report-"));
  const report = join(folder, "report.json");
  try {
    const { args, env } = suite.command(root, report);
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: childEnv({ ...env, ...(nightly ? NIGHTLY : {}) }),
      stdio: "inherit",
    });
    const [code] = await once(child, "close");
    const counts = suite.count(JSON.parse(await readFile(report, "utf8")));
    if (counts.failed > 0) for (const text of (await suite.explain?.(root)) ?? []) print(text);
    // A runner may fail after its last test, such as on a threshold or in its tear-down.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    print(`${suite.name} ended without a report: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
