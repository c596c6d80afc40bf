import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const DATABASE_TESTS = ["lib/**/*.db.test.ts"];

/** What tests leave behind is in one folder, which goes when the run ends. */
const temporary = mkdtempSync(join(tmpdir(), "switchyard-tests-"));
chmodSync(temporary, 0o1777); // as any temporary folder: some tests start Postgres as another user
process.once("exit", () => rmSync(temporary, { recursive: true, force: true }));

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
