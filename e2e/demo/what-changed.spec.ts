import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";

test("a setting that was changed stands on the charts and on Changes, with all that differs, on a phone and by keyboard", async ({
  page,
}) => {
  await page.goto("/changes?group=settings");
  const row = page.getByRole("row").filter({ hasText: "evictionAlertThreshold" }).first();
  const details = row.getByRole("button", { name: /^Details: Update settings/ }).filter({ visible: true });
  await details.focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: /difference and reason$/ });
  await expect(panel).toContainText("evictionAlertThreshold");
  await expect(panel).toContainText(/\d+ → \d+/);
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();

  await page.setViewportSize({ width: 390, height: 800 });
  await details.click();
  await expect(panel).toContainText(/By .*evictionAlertThreshold/);
  await page.keyboard.press("Escape");

  // narrowed by node, the setting that counts for all is still there; by a range before it, it is not
  await page.setViewportSize({ width: 1280, height: 800 });
  const { items } = await adminApi().call("GET /nodes", { query: {} });
  await page.getByRole("combobox", { name: "Node" }).selectOption(items[0]?.id ?? "");
  await expect(page).toHaveURL(/node=node_/);
  await expect(row).toBeVisible();
  await page.getByRole("button", { name: "Custom range" }).click();
  await page.getByLabel("From").fill("2026-01-01T00:00");
  await page.getByLabel("To").fill("2026-01-02T00:00");
  await page.getByRole("button", { name: "Show range" }).click();
  await expect(page.getByText("No changes match")).toBeVisible();

  await page.goto("/charts/fleet?range=15m");
  await page.getByRole("button", { name: /^Options for Latency/ }).click();
  await page.getByRole("menuitem", { name: "Show as table" }).click();
  const table = page.getByRole("region", { name: "Latency as a table" });
  const mark = table.getByRole("link", { name: /^Settings: evictionAlertThreshold \d+ → \d+/ }).first();
  // its minute has a row once it has ended; it was changed when the tests began
  await expect(mark).toHaveAttribute("href", "/settings", { timeout: 90_000 });
});

test("a spike of evictions on the fleet's board leads to the nodes behind it", async ({ page }) => {
  await page.goto("/charts/fleet?range=15m");
  const chart = page
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: /^Evictions/ }) })
    .last();
  const plot = chart.locator("svg.recharts-surface").first();
  await expect(plot).toBeVisible();
  const box = await plot.boundingBox();
  await plot.click({ position: { x: (box?.width ?? 400) - 120, y: 60 } });
  await expect(chart.getByRole("link", { name: /^Changes before / })).toBeVisible();
  // a calm fleet evicted nothing, which is said
  await expect(chart.getByText(/^(Swaps on the nodes with|No evictions recorded)/).first()).toBeVisible();
  const [href] = await chart
    .locator('a[href*="/swaps?"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  if (href) expect(href).toMatch(/^\/nodes\/node_.*\/swaps\?from=.*&to=/);
});
