import { expect, type Page, test } from "@playwright/test";
import { whileHanging } from "../support/processes.ts";

/** As long as nobody may notice at most. */
const NOTICED_MS = 30_000;
const healthLink = (page: Page) => page.getByRole("link", { name: /^Switchyard: / });
const says = (page: Page, words: RegExp, timeout: number) =>
  expect(healthLink(page)).toHaveAttribute("aria-label", words, { timeout });

test("a worker that hangs is told in the top bar within 30 s, and what was last seen stays, marked stale", async ({
  page,
}) => {
  await page.goto("/charts/fleet");
  // a figure of nodes, which the worker reads; customers' latency comes from the gateway and continues
  const evictions = page
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: /^Evictions/ }) })
    .last();
  // of a fleet that has just begun it is one point, which has no size
  const isDrawn = () => expect(evictions.locator("path.recharts-curve").first()).toHaveAttribute("d", /^M/);
  await isDrawn();
  await says(page, /All background jobs healthy/, 60_000);
  await whileHanging("worker", async () => {
    await says(page, /No worker seen for \d+ s/, NOTICED_MS);
    await expect(evictions.getByText(/^stale since/)).toBeVisible({ timeout: 60_000 });
    await isDrawn();
    // also for who comes only now
    await page.goto("/nodes");
    const node = page.getByRole("row", { name: /a100-1/ });
    await expect(node).toContainText("Unknown", { timeout: 60_000 });
    await expect(node).toContainText(/\d+ of \d+/);
    await node.getByRole("link", { name: /a100-1/ }).click();
    await expect(page.getByText("Not polled recently")).toBeVisible();
    await expect(page.getByText(/^stale since/).first()).toBeVisible();
    await expect(page.getByText("GPU slots").first()).toBeVisible();
  });
  await says(page, /All background jobs healthy/, 60_000);
  await expect(page.getByText(/^stale since/)).toHaveCount(0, { timeout: 60_000 });
});

test("so is a gateway that hangs, with what it last reported", async ({ page }) => {
  await page.goto("/traffic");
  await says(page, /All background jobs healthy/, 60_000);
  const tenants = page.getByRole("row");
  await expect.poll(() => tenants.count()).toBeGreaterThan(5);
  await whileHanging("gateway", async () => {
    await says(page, /No gateway seen for \d+ s/, NOTICED_MS);
    await expect(page.getByText(/No gateway has reported since .*Live figures below are from that time/)).toBeVisible();
    expect(await tenants.count()).toBeGreaterThan(5);
    await expect(page.locator("[data-stale=true]").first()).toBeVisible();
    await page.reload();
    await expect(page.getByText(/No gateway has reported since/)).toBeVisible();
    await expect.poll(() => tenants.count()).toBeGreaterThan(5);
  });
  await says(page, /All background jobs healthy/, 60_000);
  await expect(page.getByText(/No gateway has reported since/)).toHaveCount(0);
});
