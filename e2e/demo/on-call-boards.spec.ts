import { expect, type Page, test } from "@playwright/test";
import { violations } from "../support/axe.ts";

const charts = (page: Page) => page.getByRole("region", { name: "Charts" }).locator("section");
const drawn = (page: Page) => charts(page).locator("svg.recharts-surface");

/** All charts have their answer, and most of them something to draw. */
async function settle(page: Page) {
  await expect.poll(() => charts(page).count()).toBeGreaterThanOrEqual(6);
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  // the fleet may have just started: its figures begin with its first whole minute
  await expect.poll(() => drawn(page).count(), { timeout: 100_000 }).toBeGreaterThanOrEqual(5);
}

/** The map of a node's adapters: by keyboard to a stay in a slot, and the same as a table. */
async function readMap(page: Page) {
  const card = page
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: /^Residency over time/ }) })
    .last();
  const map = card.getByRole("grid");
  await expect(map.locator("tr")).not.toHaveCount(0);
  const stay = map.locator(`td[aria-label*=": GPU slot since "]`); // of thousands, by role it takes minutes
  await expect(stay.first()).toBeAttached();
  await map.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  const active = map.locator(`[id="${await map.getAttribute("aria-activedescendant")}"]`);
  const [name = ""] = ((await active.getAttribute("aria-label")) ?? "").split(":");
  await expect(card.getByRole("paragraph").filter({ hasText: `${name}:` })).toBeVisible();
  await expect(card.getByRole("link", { name: "Swaps at that time" })).toHaveAttribute("href", /swaps\?from=/);
  await card.getByRole("button", { name: "Table" }).click();
  await expect(card.getByRole("cell", { name: "GPU slot" }).first()).toBeVisible();
  await card.getByRole("button", { name: "Map" }).click();
}

test("on-call reads a bad p95 from the fleet down to a node and a tenant, under one crosshair and one range", async ({
  page,
}) => {
  test.setTimeout(300_000);
  await page.goto("/charts/fleet?range=15m");
  await settle(page);
  const [open, begun] = await page.evaluate(() => [performance.now(), performance.timeOrigin]);
  test.info().annotations.push({ type: "fleet board drawn after ms", description: `${open} since ${begun}` });

  // one crosshair: the same moment stands in every chart that is drawn
  const first = drawn(page).first();
  let turn = 0;
  const tips = page.locator(".recharts-tooltip-wrapper p:first-child").filter({ visible: true });
  await expect
    .poll(async () => {
      turn += 1;
      await first.hover({ position: { x: 200 + (turn % 2) * 8, y: 60 } }); // charts that are read anew forget the pointer
      const times = await tips.allTextContents();
      return times.length > 4 && new Set(times).size === 1;
    })
    .toBe(true);

  // a click asks what came before that moment
  await first.click({ position: { x: 220, y: 60 } });
  await expect(page.getByRole("link", { name: /^Changes before / }).first()).toHaveAttribute(
    "href",
    /^\/changes\?to=2/,
  );

  // a drag zooms all of them, in the URL
  await expect(async () => {
    const box = await first.boundingBox(); // alerts that arrive move the charts down
    if (!box) throw new Error("no chart");
    await page.mouse.move(box.x + 120, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 8, box.y + 60, { steps: 5 }); // up to now: a young fleet has no past
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/, { timeout: 5000 });
  }).toPass();
  await settle(page);
  await expect(page.getByRole("combobox", { name: "Refresh" })).toHaveCount(0);
  await page.getByRole("button", { name: "Zoom out" }).click();
  await expect(page).not.toHaveURL(/from=/);

  await page.getByRole("switch", { name: "Compare with the previous period" }).check();
  await expect(page).toHaveURL(/compare=true/);
  await expect(page.getByText(/against the previous 15\smin/).first()).toBeVisible();

  await page.getByRole("combobox", { name: "Refresh" }).selectOption("off");
  await expect(page).toHaveURL(/every=off/);
  await page.getByRole("group", { name: "Times shown in" }).getByRole("button", { name: "UTC" }).click();
  await expect(page.getByText("UTC", { exact: true }).first()).toBeVisible();

  // the same as a table, each row the way to what came before it
  await page.getByRole("button", { name: /^Options for Latency/ }).click();
  await page.getByRole("menuitem", { name: "Show as table" }).click();
  await expect(
    page
      .getByRole("region", { name: "Latency as a table" })
      .getByRole("link", { name: /changes before this$/ })
      .first(),
  ).toHaveAttribute("href", /^\/changes\?to=/);
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download CSV" }).click();
  expect((await saved).suggestedFilename()).toMatch(/^latency-.*\.csv$/);

  await page.locator('a[href^="/charts/nodes/"]').first().click();
  await page.waitForURL("**/charts/nodes/node_*");
  await settle(page);
  await readMap(page);
  await page.getByRole("link", { name: "Open node" }).click();
  await page.waitForURL(/\/nodes\/node_/);

  await page.goto("/charts/fleet");
  await page.locator('a[href^="/charts/tenants/"]').first().click();
  await page.waitForURL("**/charts/tenants/ten_*");
  await settle(page);
});

test("a pool's board shows where the adapters of one of its nodes lay, and of the next", async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto("/charts/fleet");
  await page.locator('a[href^="/charts/pools/"]').first().click();
  await page.waitForURL("**/charts/pools/pool_*");
  await readMap(page);
  const picker = page.getByRole("combobox", { name: "Node of the map" });
  const next = await picker.locator("option").nth(1).getAttribute("value");
  await picker.selectOption(next);
  await expect(page).toHaveURL(new RegExp(`node=${next}`));
  await readMap(page);
});

test("the explorer splits a chart by tenant: ten lines at most and the rest as one", async ({ page }) => {
  await page.goto("/charts");
  await page.getByRole("combobox", { name: "Split by" }).selectOption("tenant");
  await expect(page).toHaveURL(/by=tenant/);
  const heading = page.getByRole("heading", { name: /^Latency, p95 by tenant/ });
  await expect(heading).toBeVisible();
  const names = page.locator("section").filter({ has: heading }).last().locator("button[aria-pressed]");
  await expect.poll(() => names.count()).toBeGreaterThan(5);
  expect(await names.count()).toBeLessThanOrEqual(11);
});

test("charts are chosen, and kept under a name that all staff find", async ({ page }) => {
  await page.goto("/charts?range=6h");
  await page.getByRole("button", { name: "Charts: usual" }).click();
  const picker = page.getByRole("dialog", { name: "Charts shown" });
  await expect(picker.getByRole("checkbox", { name: "Time in the queue" })).toBeDisabled();
  for (const metric of ["Requests running", "Swap source"])
    await picker.getByRole("checkbox", { name: metric }).uncheck();
  await picker.getByRole("checkbox", { name: "Time in the queue" }).check();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/charts=latency,queue-time,requests,fallback-share,evictions/);
  await expect(page.getByRole("heading", { name: /^Time in the queue/ })).toBeVisible();
  await expect(page.getByRole("heading", { name: /^Swap source/ })).toHaveCount(0);

  await page.getByRole("button", { name: "Save view" }).click();
  const dialog = page.getByRole("dialog", { name: "Save view?" });
  await dialog.getByLabel("Name").fill("Queue on nights");
  await dialog.getByRole("button", { name: "Save view" }).click();
  await expect(dialog).toBeHidden();
  expect(await violations(page)).toEqual([]);

  await page.goto("/charts");
  await page.getByRole("button", { name: "Saved views" }).click();
  await page.getByRole("menuitem", { name: "Queue on nights" }).click();
  await expect(page).toHaveURL(/charts=latency/);
  await expect(page).toHaveURL(/range=6h/);
  await expect(page.getByRole("heading", { name: /^Time in the queue/ })).toBeVisible();

  await page.getByRole("button", { name: "Saved views" }).click();
  await page.getByRole("menuitem", { name: "Remove views" }).click();
  await page.getByRole("button", { name: "Remove Queue on nights" }).click();
  await expect(page.getByText("No views left.")).toBeVisible();
});

test("who is on call sees in one page whether it is fine now", async ({ page }) => {
  await page.goto("/onboarding");
  await page.getByRole("link", { name: "Right now" }).click();
  await page.waitForURL("**/right-now");
  await expect(page.locator("[data-answer]")).not.toBeEmpty();
  await expect(page.getByRole("region", { name: "The last hour" }).locator("section")).toHaveCount(7);
  await expect(page.locator('a[href^="/charts/nodes/"]').first()).toBeVisible();
});
