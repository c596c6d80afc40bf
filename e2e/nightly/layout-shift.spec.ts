import { expect, type Page, test } from "@playwright/test";
import { liveTenant, portalPages, signInAsCustomer } from "../support/customer.ts";
import { layoutShift, MOST_SHIFT, recordShifts } from "../support/layout-shift.ts";
import type { PageUnderTest } from "../support/page-list.ts";
import { consolePages } from "../support/pages.ts";
import { SIGNED_OUT } from "../support/product.ts";
import { settled } from "../support/shown-page.ts";

test.use({ viewport: { width: 390, height: 844 } });

/** What moves too much while it loads, and how much. */
async function moving(page: Page, pages: AsyncIterable<PageUnderTest> | Iterable<PageUnderTest>): Promise<string[]> {
  await recordShifts(page);
  const found: string[] = [];
  for await (const { name, path } of pages) {
    await page.goto(path);
    await settled(page);
    const { score, moved } = await layoutShift(page);
    if (score > MOST_SHIFT) found.push(`${name}: ${score.toFixed(3)}: ${moved.join("; ")}`);
  }
  return found;
}

test("no page moves on a phone while it loads", async ({ page }) => {
  test.setTimeout(1_200_000);
  expect(await moving(page, consolePages())).toEqual([]);
});

test.describe("signed out", () => {
  test.use({ storageState: SIGNED_OUT });

  test("nor does a page of the portal", async ({ page }) => {
    const tenant = await liveTenant();
    await signInAsCustomer(page, tenant.id);
    expect(await moving(page, await portalPages(tenant))).toEqual([]);
  });
});
