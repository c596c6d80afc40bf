import { expect, test } from "@playwright/test";
import { adminApi } from "./api.ts";
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

// charts mark it once its minute is over: what looks for the mark comes later, and need not wait
test("a setting is changed, and changed back", async () => {
  const api = adminApi();
  const threshold = async (change: (now: number) => number) => {
    const { generation, evictionAlertThreshold: now } = await api.call("GET /settings", {});
    await api.call("PATCH /settings", { generation, body: { evictionAlertThreshold: change(now) } });
  };
  await threshold((now) => now + 5);
  await threshold((now) => now - 5);
});
