import { parseArgs } from "node:util";
import { runChecks } from "./check/run-checks.ts";
import { ROOT } from "./launch/root.ts";
import { addCounts, type Counts, lastLine } from "./test/count-results.ts";
import { PLAYWRIGHT, runSuite, VITEST } from "./test/run-suite.ts";

/** Everything: the checks, then the tests, then the browser. `--check`, `--unit`, `--browser` run only their part. */
const { values } = parseArgs({
  options: { check: { type: "boolean" }, unit: { type: "boolean" }, browser: { type: "boolean" } },
});
const wantsAll = !values.check && !values.unit && !values.browser;
const print = (line: string) => console.log(line);

let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
if (wantsAll || values.check) counts = addCounts(counts, { ...(await runChecks(ROOT, print)), skipped: 0 });
if (wantsAll || values.unit) counts = addCounts(counts, await runSuite(ROOT, VITEST, print));
if (wantsAll || values.browser) counts = addCounts(counts, await runSuite(ROOT, PLAYWRIGHT, print));
if (counts.skipped > 0) print(`${counts.skipped} skipped`);
print(lastLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
