import { expect, test } from "@playwright/test";
import { addVersion, seededAdapter } from "#lib/api/testing/fleet.ts";
import { adminApi } from "../support/api.ts";

test.setTimeout(180_000);

/** A tenant with one ready version that nobody has loaded. */
async function addTenant(slug: string): Promise<string> {
  const api = adminApi();
  const pool = (await api.call("GET /pools", { query: {} })).items[0];
  const { id: tenantId } = await api.call("POST /tenants", { body: { slug, name: slug } });
  const adapter = await api.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId },
    body: { slug: "bot", name: "Bot", poolId: pool?.id ?? "" },
  });
  return (await addVersion(api, adapter.id, await seededAdapter(slug))).id;
}

test("adapters are chosen by keyboard and by box, previewed, and staged by one job", async ({ page }) => {
  await addTenant("bulk-one");
  const second = await addTenant("bulk-two");

  await page.goto("/adapters?q=bulk-");
  const boxes = page.getByRole("checkbox", { name: /^Select Bot of bulk-/ });
  await expect(boxes).toHaveCount(2);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  const bar = page.getByRole("region", { name: "Selection" });
  await expect(bar).toContainText("1 selected");
  await expect(page.getByRole("status").filter({ hasText: "1 selected" })).toBeAttached();
  await page.getByRole("checkbox", { name: "Select every row on this page" }).check();
  await expect(bar).toContainText("2 selected");

  await bar.getByRole("button", { name: "Stage versions" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("2 versions would be staged.")).toBeVisible();
  await expect(dialog.getByText("Read into memory")).toBeVisible();
  await dialog.getByRole("button", { name: "Stage 2 versions" }).click();

  await page.getByRole("button", { name: "Open job" }).click();
  await expect(page).toHaveURL(/\/jobs\/job_/);
  await expect(page.getByRole("heading", { name: "Stage 2 versions", level: 1 })).toBeVisible();
  await expect(page.locator("[data-status=succeeded]")).toHaveCount(2, { timeout: 60_000 });
  await expect(page.locator("header [data-status=completed]")).toBeVisible();
  await page.getByRole("link", { name: "bulk-two/bot v1" }).click();
  await expect(page).toHaveURL(new RegExp(`/versions/${second}$`));
});
