import { expect, type Page, test } from "@playwright/test";
import { settled } from "../support/shown-page.ts";

const SCROLLBAR_PX = 15;

/** Where the page's content lies across. */
const placeOf = (page: Page) =>
  page.locator("main").evaluate((main) => {
    const { left, width } = main.getBoundingClientRect();
    return { left, width };
  });

test("dialogs and menus do not move the page", async ({ page }) => {
  // A browser without a window has no scrollbar that a modal could take away: pretend there is one.
  await page.addInitScript((width) => {
    Object.defineProperty(window, "innerWidth", { get: () => document.documentElement.clientWidth + width });
  }, SCROLLBAR_PX);
  await page.goto("/pools");
  await settled(page);
  const before = await placeOf(page);

  await page.getByRole("button", { name: "Add pool" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect(page.locator("body[data-scroll-locked]")).toBeAttached();
  expect.soft(await placeOf(page), "dialog").toEqual(before);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();

  await page.getByRole("button", { name: /^Account of/ }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  expect.soft(await placeOf(page), "menu").toEqual(before);
});
