import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** A page of the console has about 150 lines. */
const MOST_LINES = 200;

/**
 * What each failed browser test had before it, as a screen reader would read it. Playwright only writes it to a file, and the
 * machine that ran the test is often gone by the time somebody asks.
 */
export async function pageSnapshots(root: string): Promise<string[]> {
  const files = await readdir(join(root, "test-results"), { recursive: true });
  const reports = files.filter((file) => basename(file) === "error-context.md").sort();
  return Promise.all(
    reports.map(async (file) => {
      const report = await readFile(join(root, "test-results", file), "utf8");
      return `The page of ${file}:\n${snapshotIn(report)}`;
    }),
  );
}

/** @param report what Playwright writes about a failed test, in Markdown */
export function snapshotIn(report: string): string {
  const [, snapshot] = /^```yaml\n(.*?)\n```$/ms.exec(report) ?? [];
  if (snapshot === undefined) return "no snapshot: the page no longer answered";
  const lines = snapshot.split("\n");
  return lines.length <= MOST_LINES ? snapshot : [...lines.slice(0, MOST_LINES), "…"].join("\n");
}
