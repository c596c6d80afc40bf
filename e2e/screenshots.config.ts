import base from "../playwright.config.ts";

/** `npx playwright test -c e2e/screenshots.config.ts`: takes the pictures of docs/screenshots again, from a demo fleet. */
export default {
  ...base,
  testDir: ".",
  // Paths in the base configuration start at the checkout.
  webServer: base.webServer && { ...base.webServer, cwd: ".." },
  projects: [
    { name: "prepare", testMatch: "support/prepare.setup.ts" },
    { name: "screenshots", testMatch: "screenshots.ts", dependencies: ["prepare"], use: base.projects?.[1]?.use },
  ],
};
