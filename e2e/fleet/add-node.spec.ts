import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";

test("a node is looked at before it is added; what was typed survives each refusal", async ({ page }) => {
  const node = (await adminApi().call("GET /nodes", { query: {} })).items.find(({ standalone }) => !standalone);
  if (!node) throw new Error("the demo has no node");
  await page.goto("/nodes/add");
  const address = page.getByLabel("Address");
  const inspect = page.getByRole("button", { name: "Inspect node" });

  await address.fill("not an address");
  await page.getByLabel("API key").fill("kept");
  await inspect.click();
  await expect(address).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("API key")).toHaveValue("kept");

  await page.getByLabel("API key").fill("");
  await address.fill(node.baseUrl);
  await page.keyboard.press("Enter"); // no mouse is needed
  await expect(page.getByText(/^Warnings \(\d+\)$/)).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Choose pool" }).click();

  await page.getByRole("radio", { name: /Create a pool from this node/ }).check();
  await expect(page.locator("[data-source=engine]").first()).toContainText("From the engine");
  await expect(page.locator("[data-source=ask]").first()).toContainText("Required");

  await page.getByRole("radio").first().check();
  await page.getByRole("button", { name: "Compare with pool" }).click();
  await expect(page.getByText("It fits this pool.")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Name node" }).click();

  await page.getByLabel("Name", { exact: true }).fill("twin");
  await page.getByRole("button", { name: "Add twin" }).click();
  await expect(page.getByText(/was added before/)).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Fix the settings" }).click();
  await expect(address).toHaveAttribute("aria-invalid", "true");
  await expect(address).toHaveValue(node.baseUrl);
});
