import { expect, type Page } from "@playwright/test";

/** What the browser itself reports while pages are shown: uncaught errors and errors on the console. */
export function listenForErrors(page: Page): { take: () => string[] } {
  const heard: string[] = [];
  page.on("pageerror", (error) => heard.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") heard.push(`console error: ${message.text()}`);
  });
  return { take: () => heard.splice(0) };
}

/** Waits until a page's content has replaced its placeholders, and its code listens: the first HTML alone shows much of it. */
export async function settled(page: Page): Promise<void> {
  // the page itself looks at each frame, so that it is asked once; only one that does not settle is asked what is missing
  const isSettled = () => {
    const title = document.querySelector("h1");
    if (!title?.checkVisibility() || !Object.keys(title).some((key) => key.startsWith("__react"))) return false;
    return !document.querySelector("[aria-busy=true], main [data-pending]");
  };
  const settles = page.waitForFunction(isSettled, undefined, { timeout: 10_000 });
  if (await settles.catch(() => null)) return;
  await expect(page.locator("h1").first()).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expect(page.locator("main [data-pending]")).toHaveCount(0);
}

/** The filters of a page that offer a choice, by name. */
export const filledFilters = (page: Page): Promise<string[]> =>
  page
    .locator("main select[aria-label]")
    .evaluateAll((all: HTMLSelectElement[]) =>
      all.filter(({ options }) => options.length > 1).map((each) => each.getAttribute("aria-label") ?? ""),
    );

/** True when an error boundary shows in place of a page or a panel. */
export const isBroken = async (page: Page): Promise<boolean> =>
  (await page.getByText("could not be shown").count()) > 0;
