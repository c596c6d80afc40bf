import { expect, type Page, test } from "@playwright/test";
import { settled } from "../support/shown-page.ts";

const PHONE = { width: 390, height: 844 };

/** Names that are cut with "…", and tables whose end can only be seen by scrolling sideways. */
const cutIn = (page: Page) =>
  page.locator("main").evaluate((main) => {
    const isCut = (element: Element) =>
      element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).textOverflow === "ellipsis";
    const names = [...main.querySelectorAll("th[scope=row], th[scope=row] *")].filter(isCut);
    const wide = [...main.querySelectorAll("table")].filter(
      ({ parentElement }) => parentElement && parentElement.scrollWidth > parentElement.clientWidth + 1,
    );
    return [
      ...names.map(({ textContent }) => `name: ${textContent}`),
      ...wide.map((table) => `table: ${table.getAttribute("aria-label") ?? table.parentElement?.ariaLabel}`),
    ];
  });

test("on a phone, tenants' names and latencies are whole", async ({ page }) => {
  await page.setViewportSize(PHONE);
  for (const [path, value] of [
    ["/tenants", /p95, 5 min: [\d.]+/],
    ["/traffic", /p95: [\d.]+/],
    ["/requests", /[\d.]+.?(ms|s)\b/],
    ["/requests?outcome=fallback", /[\d.]+.?(ms|s)\b/],
    ["/right-now", /[\d.]+.?(ms|s)\b/],
  ] as const) {
    await page.goto(path);
    await settled(page);
    const row = page.getByRole("row").filter({ hasText: value }).first();
    await expect(row.getByText(value).filter({ visible: true }).first(), path).toBeVisible();
    expect(await cutIn(page), path).toEqual([]);
  }
});

test("the table of changes shows all its columns at 1280 px", async ({ page }) => {
  await page.goto("/changes");
  await settled(page);
  for (const name of ["When", "What", "Who", "Difference and reason"])
    await expect(page.getByRole("columnheader", { name, exact: true })).toBeInViewport({ ratio: 1 });
  expect((await cutIn(page)).filter((text) => text.startsWith("table"))).toEqual([]);
});
