import { expect, type Page, test } from "@playwright/test";
import { adminApi } from "./support/api.ts";
import { liveTenant, PORTAL_PAGES, signInAsCustomer } from "./support/customer.ts";
import { consolePages } from "./support/pages.ts";
import { SIGNED_OUT } from "./support/product.ts";

const FOLDER = "docs/screenshots";

/** One page, light and dark, wide for the documentation and narrow to be looked at. */
async function shoot(page: Page, { name, path }: { name: string; path: string }) {
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
}

/** A fleet whose gates have all been judged has more to show than one that has just begun. */
async function settle() {
  const open = async () => {
    const { items } = await adminApi().call("GET /runs", { query: { limit: 200 } });
    return items.length < 8 ? null : items.filter(({ verdict }) => verdict === null).length;
  };
  await expect.poll(open, { timeout: 300_000, intervals: [2000] }).toBe(0);
}

test("takes a picture of every page of the console", async ({ page }) => {
  test.setTimeout(900_000);
  await settle();
  for (const each of await consolePages()) await shoot(page, each);
});

test.describe("customers", () => {
  test.use({ storageState: SIGNED_OUT });

  test("takes a picture of the sign-in and of every page of the portal", async ({ page }) => {
    await shoot(page, { name: "sign-in", path: "/sign-in" });
    await signInAsCustomer(page, (await liveTenant()).id);
    for (const each of PORTAL_PAGES) await shoot(page, each);
  });
});
