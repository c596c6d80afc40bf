import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { pidOf } from "../support/processes.ts";

test("a killed node is shown, comes back, and gets its adapters back without a hand", async ({ page }) => {
  const nodes = async () => (await adminApi().call("GET /nodes", { query: {} })).items;
  await expect
    .poll(async () => (await nodes()).every(({ health }) => health === "healthy"), { timeout: 120_000 })
    .toBe(true);
  const before = (await nodes()).find(({ standalone }) => !standalone);
  if (!before) throw new Error("no node");
  expect(before.placements.routable).toBeGreaterThan(0);
  process.kill(pidOf(before.name), "SIGKILL");
  const now = async () => (await nodes()).find(({ id }) => id === before.id);
  await expect.poll(async () => (await now())?.epoch, { timeout: 60_000 }).toBe(before.epoch + 1);
  await expect
    .poll(
      async () => {
        const node = await now();
        return { health: node?.health, left: (node?.placements.desired ?? 0) - (node?.placements.routable ?? 0) };
      },
      { timeout: 120_000 },
    )
    .toEqual({ health: "healthy", left: 0 });
  await page.goto(`/nodes/${before.id}`);
  await expect(page.locator("header [data-status=healthy]")).toBeVisible();
  await expect(page.getByText(/restart/i).first()).toBeVisible();
});
