import { expect, type Page, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { restartNode, slowLoads } from "../support/sim-node.ts";

test.setTimeout(300_000);

/** Restored slowly enough that a page which asks every 3 seconds sees it on the way. */
const SLOW_LOAD_MS = 300;
const AWAY_MS = 9_000;

const health = (page: Page, is: string) => page.locator(`header [data-status=${is}]`);

async function servingNode() {
  const nodes = async () => (await adminApi().call("GET /nodes", { query: {} })).items;
  await expect
    .poll(async () => (await nodes()).every((node) => node.health === "healthy"), { timeout: 120_000 })
    .toBe(true);
  const node = (await nodes()).find(({ standalone, placements }) => !standalone && placements.routable > 0);
  if (!node) throw new Error("no node serves");
  return node;
}

test("whoever has a node's page open sees it go, restore and come back, without a reload", async ({ page }) => {
  const before = await servingNode();
  await page.goto(`/nodes/${before.id}`);
  await expect(health(page, "healthy")).toBeVisible();
  await page.evaluate(() => document.documentElement.setAttribute("data-not-reloaded", ""));

  const undo = await slowLoads(before.baseUrl, SLOW_LOAD_MS);
  try {
    await restartNode(before.baseUrl, { downMs: AWAY_MS });
    await expect(health(page, "unreachable")).toBeVisible({ timeout: 30_000 });
    await expect(health(page, "restoring")).toBeVisible({ timeout: 60_000 });
    await expect(page.locator("header").getByText(/\d+ of \d+ adapters are back/)).toBeVisible();
  } finally {
    await undo();
  }
  await expect(health(page, "healthy")).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText(new RegExp(`^${before.epoch + 1}, `))).toBeVisible();

  await page.getByRole("link", { name: "Timeline" }).click();
  const timeline = page.getByRole("table", { name: "Timeline" });
  await page.getByLabel("What", { exact: true }).selectOption("restart");
  await expect(timeline.getByRole("row").nth(1)).toContainText("Restart");
  await page.getByLabel("What", { exact: true }).selectOption("unreachable");
  await expect(timeline.getByRole("row").nth(1)).toContainText("Unreachable");
  await expect(page).toHaveURL(/kind=unreachable/);
  await page.getByLabel("What", { exact: true }).selectOption("restore");
  await expect(timeline.getByRole("row").nth(1)).toContainText("Restored");
  await expect(page.locator("html[data-not-reloaded]")).toHaveCount(1);
});
