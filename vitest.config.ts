import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const DATABASE_TESTS = ["lib/**/*.db.test.ts", "app/**/*.db.test.tsx"];

/** What tests leave behind is in one folder, which goes when the run ends. */
const temporary = mkdtempSync(join(tmpdir(), "switchyard-tests-"));
chmodSync(temporary, 0o1777); // as any temporary folder: some tests start Postgres as another user
process.once("exit", () => rmSync(temporary, { recursive: true, force: true }));

/** What takes longest for its size, in seconds rather than milliseconds: begun last, it would run on alone. */
const LONG_TESTS = ["/lib/soak/soak.test.ts", "/lib/platform/postgres/start-postgres.test.ts"];

/** Vitest's own order (large files first, as a clean clone knows no times), but within each project the long ones lead. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG_TESTS.some((path) => moduleId.endsWith(path));
    const sameProject = (a: TestSpecification, b: TestSpecification) => a.project.name === b.project.name;
    return sorted.toSorted((a, b) => (sameProject(a, b) ? Number(isLong(b)) - Number(isLong(a)) : 0));
  }
}

/**
 * `*.test.ts` need nothing; `*.contract.test.ts` talk HTTP to nodes they start; `*.db.test.ts` clone a template
 * database, whose Postgres starts only when such a file runs. The files that a worker runs share its modules: loading
 * them again for each took four minutes of both cores. So a module keeps no state that a test could leave behind.
 */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    isolate: false,
    sequence: { sequencer: LongestFirst },
    env: { TMPDIR: temporary },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{lib,components,app}/**/*.test.{ts,tsx}", "proxy.test.ts"],
          exclude: DATABASE_TESTS,
        },
      },
      {
        extends: true,
        test: { name: "db", include: DATABASE_TESTS, globalSetup: "./lib/platform/testing/postgres-setup.ts" },
      },
    ],
  },
});
