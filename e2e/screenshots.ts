import { expect, test } from "@playwright/test";
import { consolePages } from "./support/pages.ts";

const FOLDER = "docs/screenshots";

test("takes a picture of every page, light and dark, and of the main ones on a phone", async ({ page }) => {
  test.setTimeout(900_000);
  for (const { name, path } of await consolePages())
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(path);
      await expect(page.locator("h1").first()).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}.png` });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.screenshot({ path: `test-results/phone/${name}-${colorScheme}.png` });
    }
});
