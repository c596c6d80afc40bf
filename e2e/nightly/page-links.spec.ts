import { expect, type Page, test } from "@playwright/test";
import { liveTenant, portalPages, signInAsCustomer } from "../support/customer.ts";
import { linksByKind } from "../support/page-links.ts";
import { consolePages } from "../support/pages.ts";
import { SIGNED_OUT } from "../support/product.ts";
import { filledFilters, isBroken, listenForErrors, settled } from "../support/shown-page.ts";

/** By address, the filters of pages that were opened directly. */
type Filters = ReadonlyMap<string, readonly string[]>;

async function filtersOf(page: Page, paths: readonly string[]): Promise<Filters> {
  const found = new Map<string, readonly string[]>();
  for (const path of paths) {
    await page.goto(path);
    await settled(page);
    found.set(path, await filledFilters(page));
  }
  return found;
}

/** What is wrong with the page that a link has just led to. */
async function faultsIn(page: Page, filters: Filters, errors: () => string[]): Promise<string[]> {
  const { pathname, search } = new URL(page.url());
  const expected = filters.get(pathname + search) ?? [];
  const hasFilters = async () => {
    const filled = await filledFilters(page);
    return expected.every((name) => filled.includes(name));
  };
  await settled(page);
  await expect.poll(hasFilters, `filters of ${page.url()}`).toBe(true);
  return [...((await isBroken(page)) ? ["could not be shown"] : []), ...errors()];
}

/** Follows one link of each kind on a page, and the way back, without loading anything again. */
async function followLinks(page: Page, path: string, filters: Filters, errors: () => string[]): Promise<string[]> {
  const found: string[] = [];
  await page.goto(path);
  await settled(page);
  const address = page.url();
  for (const kind of (await linksByKind(page)).keys()) {
    const href = (await linksByKind(page)).get(kind); // live lists move on
    if (href === undefined) continue;
    const pair = `${path} → ${href}`;
    await page.locator(`main a[href="${href}"]`).filter({ visible: true }).first().click();
    await expect.poll(() => page.url(), pair).not.toBe(address);
    found.push(...(await faultsIn(page, filters, errors)).map((fault) => `${pair}: ${fault}`));
    await page.goBack();
    await expect.poll(() => page.url(), `${pair} and back`).toBe(address);
    found.push(...(await faultsIn(page, filters, errors)).map((fault) => `${pair} and back: ${fault}`));
  }
  return found;
}

async function followAll(page: Page, paths: readonly string[]): Promise<string[]> {
  const filters = await filtersOf(page, paths);
  const errors = listenForErrors(page);
  const found: string[] = [];
  for (const path of paths) found.push(...(await followLinks(page, path, filters, errors.take)));
  return found;
}

test("every kind of link on every page of the console leads on and back without an error", async ({ page }) => {
  test.setTimeout(3_600_000);
  const paths: string[] = [];
  for await (const { path } of consolePages()) paths.push(path);
  expect(await followAll(page, paths)).toEqual([]);
});

test.describe("signed out", () => {
  test.use({ storageState: SIGNED_OUT });

  test("so does every kind of link of the portal", async ({ page }) => {
    test.setTimeout(600_000);
    const tenant = await liveTenant();
    await signInAsCustomer(page, tenant.id);
    const paths = (await portalPages(tenant)).map(({ path }) => path);
    expect(await followAll(page, paths)).toEqual([]);
  });
});
