import { gzipSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, type Response, test } from "@playwright/test";
import { liveTenant, PORTAL_PAGES, signInAsCustomer } from "./support/customer.ts";
import { consolePages } from "./support/pages.ts";
import { SIGNED_OUT } from "./support/product.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const SIGN_IN_BUDGET = 150_000;

const violations = async (page: Page) =>
  (await new AxeBuilder({ page }).withTags(TAGS).analyze()).violations.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html}`,
  );

/** Opens a page and waits until its content has replaced the placeholders. */
async function open(page: Page, path: string) {
  await page.goto(path);
  await expect(page.locator("h1").first()).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

/** Bytes of all scripts of a first visit, compressed as a server would. */
async function scriptBytes(page: Page, path: string): Promise<number> {
  const scripts = new Map<string, number>();
  const reads: Promise<void>[] = [];
  const read = (response: Response) => {
    if (response.request().resourceType() !== "script") return;
    reads.push(response.body().then((body) => void scripts.set(response.url(), gzipSync(body).length)));
  };
  page.on("response", read);
  await open(page, path);
  page.off("response", read); // what comes later is loaded on demand
  await Promise.all(reads);
  return [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
}

test("every page is free of axe violations, light and dark, wide and narrow", async ({ page }) => {
  test.setTimeout(600_000);
  const found: string[] = [];
  for (const { name, path } of await consolePages())
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(colorScheme === "light" ? { width: 1280, height: 800 } : { width: 390, height: 800 });
      await open(page, path);
      found.push(...(await violations(page)).map((text) => `${name}, ${colorScheme}: ${text}`));
    }
  expect(found).toEqual([]);
});

test("every page stays inside its budget of JavaScript", async ({ browser, storageState, baseURL }) => {
  test.setTimeout(600_000);
  const over: string[] = [];
  for (const { name, path, budget } of await consolePages()) {
    const context = await browser.newContext({ storageState, baseURL });
    const bytes = await scriptBytes(await context.newPage(), path);
    await context.close();
    if (bytes > budget) over.push(`${name}: ${bytes} of ${budget} bytes`);
  }
  expect(over).toEqual([]);
});

test.describe("signed out", () => {
  test.use({ storageState: SIGNED_OUT });

  test("a customer's pages are free of axe violations", async ({ page }) => {
    await signInAsCustomer(page, (await liveTenant()).id);
    const found: string[] = [];
    for (const { name, path } of PORTAL_PAGES)
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width: colorScheme === "light" ? 1280 : 390, height: 800 });
        await open(page, path);
        found.push(...(await violations(page)).map((text) => `${name}, ${colorScheme}: ${text}`));
      }
    expect(found).toEqual([]);
  });

  test("the sign-in page is light and accessible", async ({ page }) => {
    expect(await scriptBytes(page, "/sign-in")).toBeLessThanOrEqual(SIGN_IN_BUDGET);
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violations(page)).toEqual([]);
  });
});
