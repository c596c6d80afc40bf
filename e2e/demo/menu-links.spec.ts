import { expect, type Page, test } from "@playwright/test";
import { isNightly } from "#lib/platform/nightly.ts";
import { everyPairOnce } from "../support/every-pair.ts";
import { filledFilters, isBroken, listenForErrors, settled } from "../support/shown-page.ts";

type Shown = { title: string | null; filters: string[] };

const menu = (page: Page) => page.getByRole("navigation", { name: "Main" });
const titleOf = (page: Page) => page.locator("h1").first().textContent();

/** How each page of the menu looks when its address is opened. */
async function openedDirectly(page: Page): Promise<Map<string, Shown>> {
  await page.goto("/");
  await settled(page);
  const links = await menu(page).getByRole("link").all();
  const paths = await Promise.all(links.map(async (link) => (await link.getAttribute("href")) ?? ""));
  const pages = new Map<string, Shown>();
  for (const path of paths) {
    await page.goto(path);
    await settled(page);
    pages.set(path, { title: await titleOf(page), filters: await filledFilters(page) });
  }
  return pages;
}

/** From every page to every other at night; otherwise each page is reached from two others, since a step takes half a second. */
function walkOver(paths: readonly string[]): string[] {
  return isNightly() ? everyPairOnce(paths) : [...paths, ...paths.slice(0, -1).toReversed()];
}

test("every link of the menu leads from other pages to its own, with its filters and without an error", async ({
  page,
}) => {
  test.setTimeout(300_000);
  const pages = await openedDirectly(page);
  expect(pages.size).toBeGreaterThan(10);
  expect([...pages.values()].flatMap(({ filters }) => filters)).not.toEqual([]);
  const errors = listenForErrors(page);
  const walk = walkOver([...pages.keys()]);
  for (const [step, path] of walk.entries()) {
    const pair = `${walk[step - 1] ?? "start"} → ${path}`;
    await menu(page).locator(`a[href="${path}"]`).click();
    await menu(page).locator(`a[href="${path}"][aria-current="page"]`).waitFor(); // looks more often than `expect` does
    await settled(page);
    expect(await isBroken(page), pair).toBe(false);
    const shown = pages.get(path);
    await expect.poll(() => titleOf(page), pair).toBe(shown?.title);
    await expect.poll(() => filledFilters(page), pair).toEqual(expect.arrayContaining(shown?.filters ?? []));
    expect(errors.take(), pair).toEqual([]);
  }
});
