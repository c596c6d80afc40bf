import { parseArgs } from "node:util";
import { runChecks } from "./check/run-checks.ts";
import { ROOT } from "./launch/root.ts";
import { addCounts, type Counts, lastLine } from "./test/count-results.ts";
import { runSoaks } from "./test/run-soaks.ts";
import { PLAYWRIGHT, PLAYWRIGHT_NIGHTLY, runSuite, VITEST } from "./test/run-suite.ts";
import { timeParts } from "./test/time-parts.ts";

/**
 * `npm test`: the checks, then the tests, then the browser. `--check`, `--unit`, `--browser` run only that part.
 * `--nightly` (`npm run test:nightly`) adds the long browser journeys, both shapes of every page, the full counts and the soaks.
 */
const { values } = parseArgs({
  options: {
    check: { type: "boolean" },
    unit: { type: "boolean" },
    browser: { type: "boolean" },
    nightly: { type: "boolean" },
  },
});
const wantsAll = !values.check && !values.unit && !values.browser;
const nightly = values.nightly ?? false;
const print = (line: string) => console.log(line);
const parts = timeParts();

let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
const add = async (name: string, part: () => Promise<Counts>) => {
  counts = addCounts(counts, await parts.time(name, part));
};
if (wantsAll || values.check) await add("checks", async () => ({ ...(await runChecks(ROOT, print)), skipped: 0 }));
if (wantsAll || values.unit) await add("tests", () => runSuite(ROOT, VITEST, { nightly, print }));
if (wantsAll || values.browser)
  await add("browser", () => runSuite(ROOT, nightly ? PLAYWRIGHT_NIGHTLY : PLAYWRIGHT, { nightly, print }));
if (wantsAll && nightly) await add("soaks", () => runSoaks(print));
print(`time: ${parts.summary()}`);
if (counts.skipped > 0) print(`${counts.skipped} skipped`);
print(lastLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
