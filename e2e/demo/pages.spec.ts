import { gzipSync } from "node:zlib";
import { expect, type Page, type Response, test } from "@playwright/test";
import { isNightly } from "#lib/platform/nightly.ts";
import { SIDEBAR, violations } from "../support/axe.ts";
import { liveTenant, portalPages, signInAsCustomer } from "../support/customer.ts";
import { layoutShift, MOST_SHIFT, recordShifts } from "../support/layout-shift.ts";
import { consolePages } from "../support/pages.ts";
import { SIGNED_OUT } from "../support/product.ts";
import { settled } from "../support/shown-page.ts";

const SIGN_IN_BUDGET = 150_000;
const WIDE = { media: { colorScheme: "light" }, viewport: { width: 1280, height: 800 } } as const;
const NARROW = { media: { colorScheme: "dark" }, viewport: { width: 390, height: 800 } } as const;
type Shape = typeof WIDE | typeof NARROW;

/** What an open page breaks, in the shapes that its turn has: it is not loaded again in between. */
async function violationsIn(page: Page, name: string, turn: number): Promise<string[]> {
  const found: string[] = [];
  const seen = turn === 0 ? [] : [SIDEBAR];
  for (const { media, viewport } of shapesOf(turn)) {
    await page.emulateMedia(media);
    await page.setViewportSize(viewport);
    await settled(page);
    found.push(...(await violations(page, seen)).map((text) => `${name}, ${media.colorScheme}: ${text}`));
  }
  return found;
}

/** Both shapes at night; otherwise one a page, every other page the narrow one, since axe takes a second a look. */
const shapesOf = (turn: number): readonly Shape[] => {
  if (isNightly()) return [WIDE, NARROW];
  return turn % 2 === 0 ? [WIDE] : [NARROW];
};

/** Opens a page and waits until its content has replaced the placeholders. */
async function open(page: Page, path: string) {
  await page.goto(path);
  await settled(page);
}

/** What an opened page moved while it loaded, if that is too much. */
async function shiftsIn(page: Page, name: string): Promise<string[]> {
  const { score, moved } = await layoutShift(page);
  return score <= MOST_SHIFT ? [] : [`${name}: moves by ${score.toFixed(3)} while it loads: ${moved.join("; ")}`];
}

/** Bytes of a script by its address, compressed as a server would; another content has another address. */
const sizes = new Map<string, Promise<number>>();

function sizeOf(script: Response): Promise<number> {
  const known = sizes.get(script.url());
  if (known !== undefined) return known;
  const size = script.body().then((body) => gzipSync(body).length);
  sizes.set(script.url(), size);
  return size;
}

/** Bytes of all scripts of a first visit. */
async function scriptBytes(page: Page, path: string): Promise<number> {
  const scripts = new Map<string, Promise<number>>();
  const read = (response: Response) => {
    if (response.request().resourceType() === "script") scripts.set(response.url(), sizeOf(response));
  };
  page.on("response", read);
  await open(page, path);
  page.off("response", read); // what comes later is loaded on demand
  const bytes = await Promise.all(scripts.values());
  return bytes.reduce((sum, each) => sum + each, 0);
}

test("every page is accessible, within its budget of JavaScript, and keeps its place", async ({ page }) => {
  test.setTimeout(1_200_000);
  const found: string[] = [];
  await recordShifts(page);
  let index = 0;
  // each is loaded from its address, in the same tab
  for await (const { name, path, budget, isVariant = false } of consolePages()) {
    if (isVariant && !isNightly()) continue;
    await page.emulateMedia(WIDE.media);
    await page.setViewportSize(WIDE.viewport);
    const bytes = await scriptBytes(page, path);
    if (bytes > budget) found.push(`${name}: ${bytes} of ${budget} bytes`);
    found.push(...(await shiftsIn(page, name)));
    found.push(...(await violationsIn(page, name, index)));
    index += 1;
    const title = await page.title();
    if (/Not found|\{/.test(title)) found.push(`${name}: its title is ${title}`);
  }
  expect(found).toEqual([]);
});

test("on a narrow screen the open tab is in sight", async ({ page }) => {
  await page.setViewportSize(NARROW.viewport);
  await open(page, `/tenants/${(await liveTenant()).id}/activity`);
  const tab = page.getByRole("navigation", { name: /^Sections of/ }).locator("[aria-current=page]");
  await expect(tab).toHaveText("Activity");
  await expect(tab).toBeInViewport({ ratio: 1 });
});

test.describe("signed out", () => {
  test.use({ storageState: SIGNED_OUT });

  test("a customer's pages are free of axe violations", async ({ page }) => {
    const tenant = await liveTenant();
    await signInAsCustomer(page, tenant.id);
    const found: string[] = [];
    await recordShifts(page);
    const pages = (await portalPages(tenant)).filter(({ isVariant }) => isNightly() || !isVariant);
    for (const [index, { name, path }] of pages.entries()) {
      await page.setViewportSize(WIDE.viewport);
      await open(page, path);
      found.push(...(await shiftsIn(page, name)));
      found.push(...(await violationsIn(page, name, index)));
    }
    expect(found).toEqual([]);
  });

  test("the sign-in page is light and accessible, and keeps its place", async ({ page }) => {
    await recordShifts(page);
    expect(await scriptBytes(page, "/sign-in")).toBeLessThanOrEqual(SIGN_IN_BUDGET);
    expect(await shiftsIn(page, "sign-in")).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violations(page)).toEqual([]);
  });
});
