import { expect, test } from "@playwright/test";
import { ADMIN_SESSION, product } from "./product.ts";

test("the admin signs in", async ({ page }) => {
  const { email, password } = product();
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  await page.context().storageState({ path: ADMIN_SESSION });
});
