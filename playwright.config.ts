import { defineConfig } from "@playwright/test";
import { isNightly } from "#lib/platform/nightly.ts";
import { type Browser, findBrowser } from "#lib/testbed/find-browser.ts";
import { ADMIN_SESSION, ANNOUNCEMENT, runningProduct } from "./e2e/support/product.ts";

// Every worker reads this file again: look for the browser once, and remember it in the environment they inherit.
process.env.SWITCHYARD_BROWSER ??= JSON.stringify(await findBrowser());
const browser = JSON.parse(process.env.SWITCHYARD_BROWSER) as Browser;

const signedIn = { dependencies: ["prepare"], use: { storageState: ADMIN_SESSION } };

/**
 * Browser tests against the whole product, which starts once for all of them. It is one fleet: each test makes what it needs
 * and leaves what it found. What looks at the demo (`e2e/demo`) keeps a processor busy; beside it run the journeys
 * (`e2e/journeys`), which mostly wait, and keep to tenants of their own. What touches nodes, programs or settings (`e2e/fleet`)
 * has them to itself afterwards.
 */
export default defineConfig({
  testDir: "e2e",
  fullyParallel: false,
  workers: isNightly() ? 1 : 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    baseURL: runningProduct()?.consoleUrl,
    viewport: { width: 1280, height: 800 },
    actionTimeout: 60_000, // what is not there by then is missing: a test need not wait for its own end
    // Without a GPU each frame of a spinner, and each picture of a trace, is drawn by the processor that the product needs.
    // `npx playwright test --trace on` records one; the nightly run sees motion, and keeps traces.
    trace: isNightly() ? "retain-on-failure" : "off",
    contextOptions: { reducedMotion: isNightly() ? "no-preference" : "reduce" },
    launchOptions: {
      executablePath: browser.executablePath,
      args: browser.args,
      env: { ...process.env, ...browser.env } as Record<string, string>,
    },
  },
  projects: [
    { name: "prepare", testMatch: "support/prepare.setup.ts" },
    { name: "demo", testDir: "e2e/demo", workers: 1, ...signedIn },
    { name: "journeys", testDir: "e2e/journeys", workers: 1, ...signedIn },
    { name: "fleet", testDir: "e2e/fleet", workers: 1, ...signedIn, dependencies: ["demo", "journeys"] },
    // Long journeys whose rules database tests hold as well: `npm run test:nightly`.
    { name: "nightly", testDir: "e2e/nightly", ...signedIn },
  ],
  webServer: {
    name: "product",
    command: "node --import tsx e2e/support/start-product.ts",
    wait: { stdout: ANNOUNCEMENT },
    stdout: "pipe",
    stderr: "pipe",
    timeout: 600_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 40_000 },
  },
});
