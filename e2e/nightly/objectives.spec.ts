import { expect, test } from "@playwright/test";
import { adminApi, ask } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { liveTenant, signInAsCustomer } from "../support/customer.ts";

test("an admin promises a p95; it is counted, drawn, and shown to the customer in plain words", async ({
  page,
  browser,
  baseURL,
}) => {
  test.setTimeout(240_000);
  const tenant = await liveTenant();
  // fewer than ten requests say nothing
  for (let request = 0; request < 12; request += 1) expect((await ask(tenant.slug)).status).toBe(200);
  await page.goto("/settings/objectives");
  await page.getByRole("button", { name: "Add objective" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Of").selectOption({ label: tenant.name });
  await form.getByLabel("At most, ms").fill("0");
  await form.getByRole("button", { name: "Add objective" }).click();
  await expect(form.getByText("Give a whole number from 1 to 300,000 ms.")).toBeVisible();
  await form.getByLabel("At most, ms").fill("20000");
  await form.getByLabel("Visible to").selectOption("customer");
  await form.getByRole("button", { name: "Add objective" }).click();
  await expect(form).toBeHidden();
  const row = page.getByRole("row", { name: new RegExp(tenant.name) });
  await expect(row.getByText("95 of 100 replies within 20 s")).toBeVisible();
  await expect(row.getByText("Met").filter({ visible: true })).toBeVisible({ timeout: 120_000 });
  expect(await violations(page)).toEqual([]);

  await page.goto(`/tenants/${tenant.id}`);
  await expect(page.getByText("95 of 100 replies within 20 s")).toBeVisible();
  await page.goto(`/charts?tenant=${tenant.id}&range=15m`);
  await expect(page.getByText("objective 20.0 s").first()).toBeVisible();

  const context = await browser.newContext({
    ...(baseURL ? { baseURL } : {}),
    storageState: { cookies: [], origins: [] },
  });
  const portal = await context.newPage();
  await signInAsCustomer(portal, tenant.id);
  await expect(portal.getByRole("heading", { name: "What you can expect" })).toBeVisible();
  await expect(portal.getByText(/95 of 100 replies within 20 s; last 7 days: \d+/)).toBeVisible();
  expect(await violations(portal)).toEqual([]);
  await context.close();

  await page.goto("/settings/objectives");
  await page.getByRole("button", { name: `Remove End-to-end p95 of ${tenant.name}` }).click();
  await page.getByRole("button", { name: "Remove objective" }).click();
  await expect(page.getByRole("alertdialog")).toBeHidden();
  await expect(page.getByRole("row", { name: new RegExp(tenant.name) })).toHaveCount(0);
  const left = () => adminApi().call("GET /objectives", { query: { tenantId: tenant.id } });
  await expect.poll(async () => (await left()).items).toEqual([]);
});
