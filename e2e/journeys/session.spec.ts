import { expect, type Page, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { liveTenant, signInAsCustomer } from "../support/customer.ts";
import { product, SIGNED_OUT } from "../support/product.ts";

test.use({ storageState: SIGNED_OUT });

const EXPIRED = "Your session has expired";
/** The page asks for something at least this often. */
const NOTICED_MS = 30_000;

async function fillSignIn(page: Page) {
  const { email, password } = product();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Follows "Sign in again", which opens a tab that closes when it is done. */
async function signInAgain(page: Page) {
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Sign in again" }).first().click();
  const tab = await opened;
  const closed = tab.waitForEvent("close");
  await fillSignIn(tab);
  await closed;
}

test("an expired session is said once, keeps the form, and a new sign-in continues on the same page", async ({
  page,
  context,
}) => {
  await page.goto("/tenants/onboard");
  await fillSignIn(page);
  await expect(page).toHaveURL(/\/tenants\/onboard$/);
  // a page that has just been loaded may not listen yet; once it does, the slug follows the name
  await expect(async () => {
    await page.getByLabel("Name").fill(""); // the same text again would be no change
    await page.getByLabel("Name").fill("Kept Through Sign-in");
    await expect(page.getByLabel("Slug")).toHaveValue("kept-through-sign-in", { timeout: 1_000 });
  }).toPass();
  await context.clearCookies();

  await expect(page.getByText(EXPIRED)).toHaveCount(1, { timeout: NOTICED_MS });
  await expect(page.getByRole("link", { name: /^Switchyard: / })).toHaveAccessibleName("Switchyard: Signed out");
  await expect(page.locator("body")).not.toContainText(/unreachable|cannot be reached|not available|went wrong/i);
  await page.getByRole("button", { name: "Add tenant" }).click();
  await expect(page.locator("main").getByRole("alert").getByText("Nothing was changed")).toBeVisible();

  await signInAgain(page);
  await expect(page.getByText(EXPIRED).first()).toBeHidden();
  await expect(page).toHaveURL(/\/tenants\/onboard$/);
  await expect(page.getByLabel("Name")).toHaveValue("Kept Through Sign-in");
  await page.getByRole("button", { name: "Add tenant" }).click();
  await expect(page).toHaveURL(/tenant=ten_/);
  const { items } = await adminApi().call("GET /tenants", { query: { q: "kept-through" } });
  expect(items).toHaveLength(1);
});

test("the figures of a page stay while the session has expired, also in the portal", async ({ page, context }) => {
  await signInAsCustomer(page, (await liveTenant()).id);
  await page.goto("/portal");
  const answer = await page.locator("h1").first().textContent();
  await context.clearCookies();
  await expect(page.getByText(EXPIRED)).toHaveCount(1, { timeout: NOTICED_MS });
  await expect(page.locator("main").getByRole("alert")).toHaveCount(0);
  expect(await page.locator("h1").first().textContent()).toBe(answer);
});
