import { defineConfig } from "vitest/config";

const DATABASE_TESTS = ["lib/**/*.db.test.ts"];

/**
 * `*.test.ts` need nothing; `*.contract.test.ts` talk HTTP to nodes they start; `*.db.test.ts` clone a template
 * database, whose Postgres starts only when such a file runs.
 */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
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
