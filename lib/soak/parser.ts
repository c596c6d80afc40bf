import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "#lib/platform/project-root.ts";
import { startProgram } from "#lib/testbed/program.ts";
import type { SoakOptions, SoakResult } from "./soak-result.ts";

const DOCUMENTS = 10_000;
const TESTS = "lib/metrics/exposition/parse-exposition.test.ts";
const LONGEST_MS = 30 * 60_000;

/**
 * The parser of metrics beside a simple one, on generated documents: the properties of its own test, with more of them and by
 * a seed. They stay where they are, as the product may not know what only tests use.
 */
export async function soakParser({ seed, scale, log }: SoakOptions): Promise<SoakResult> {
  const documents = Math.max(1, Math.round(DOCUMENTS * scale));
  const vitest = join(
    createRequire(join(projectRoot(), "package.json")).resolve("vitest/package.json"),
    "../vitest.mjs",
  );
  log(`${documents} documents a property, generated from seed ${seed}`);
  const startedAt = performance.now();
  const tests = await startProgram({
    file: process.execPath,
    args: [vitest, "run", TESTS, "-t", "beside a simple parser", `--testTimeout=${LONGEST_MS}`, "--reporter=verbose"],
    cwd: projectRoot(),
    env: { PARSER_DOCUMENTS: String(documents), PARSER_SEED: String(seed), NO_COLOR: "1" },
    core: null,
  });
  if (tests.isRunning()) await once(tests.child, "close"); // all it wrote was read by then
  const seconds = (performance.now() - startedAt) / 1000;
  const passed = Number(/Tests\s+(\d+) passed/.exec(tests.output())?.[1] ?? 0);
  const isFine = tests.child.exitCode === 0 && passed > 0;
  return {
    summary: `${documents} documents a property, ${passed} tests passed in ${seconds.toFixed(0)} s`,
    faults: isFine ? [] : tests.output().split("\n"),
  };
}
