import { expect, type Page, test } from "@playwright/test";
import { adminApi, ask, servedBy } from "./support/api.ts";
import { product, SIGNED_OUT } from "./support/product.ts";

test.use({ storageState: SIGNED_OUT });
test.setTimeout(300_000);

const SLUG = "journey-inc";
const adapterFolder = (name: string) => `e2e/fixtures/adapters/${name}`;

async function signIn(page: Page) {
  const { email, password } = product();
  await page.goto("/tenants");
  await expect(page).toHaveURL(/sign-in/);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Tenants", level: 1 })).toBeVisible(); // the link survived
}

/** Drops a folder that PEFT wrote and follows it to its report. */
async function addVersion(page: Page, folder: string, number: number) {
  await page.getByRole("button", { name: "Add version" }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Choose folder" })).toBeEnabled();
  await dialog.locator("input[type=file]").setInputFiles(adapterFolder(folder));
  await expect(dialog.locator("[data-finding]").first()).toBeVisible();
  await dialog.getByRole("button", { name: "Add version" }).click();
  await expect(page.getByRole("heading", { name: `support-bot v${number}`, level: 1 })).toBeVisible();
  await expect(page.locator("[data-status=ready]").first()).toBeVisible();
  await expect(page.getByText("Refused:")).toHaveCount(0);
}

/** Loads the version that is shown on both nodes of the pool. */
async function load(page: Page, number: number) {
  await page.getByRole("link", { name: "Placements" }).click();
  await page.getByRole("button", { name: `Load v${number}` }).click();
  await expect(page.locator("[data-status=routable]")).toHaveCount(2, { timeout: 60_000 });
}

async function passGate(page: Page) {
  await page.getByRole("link", { name: "Gate", exact: true }).click();
  const run = page.getByRole("button", { name: "Run gate" });
  await expect(run).toBeEnabled();
  await run.click();
  await expect(page).toHaveURL(/\/evals\/runs\/run_/);
  await expect(page.locator("h1 ~ * [data-status=pass], header [data-status=pass]").first()).toBeVisible({
    timeout: 180_000,
  });
}

async function cutOver(page: Page, number: number) {
  await page.getByRole("link", { name: "Start cutover" }).click();
  await page.getByRole("button", { name: "Start cutover" }).click();
  await page.getByRole("button", { name: `Start cutover to v${number}` }).click();
  await expect(page).toHaveURL(/\/cutovers\/cut_/);
  await expect(page.locator("header [data-status=completed]")).toBeVisible({ timeout: 60_000 });
}

/** The gateway follows by notification; what it answers is the truth. */
const expectServed = (version: string) =>
  expect.poll(async () => servedBy(await ask(SLUG))).toEqual({ status: 200, version, via: "primary" });

test("from nothing to live, and back", async ({ page }) => {
  await signIn(page);

  await page.getByRole("button", { name: "Add tenant" }).first().click();
  await page.getByLabel("Name").fill("Journey Inc");
  await expect(page.getByLabel("Slug")).toHaveValue(SLUG);
  await page.getByRole("dialog").getByRole("button", { name: "Add tenant" }).click();
  await expect(page.getByRole("heading", { name: "Journey Inc", level: 1 })).toBeVisible();

  await page.getByRole("link", { name: "Adapters", exact: true }).last().click();
  await page.getByRole("button", { name: "Add adapter" }).first().click();
  await page.getByLabel("Name").fill("Support bot");
  await page.getByRole("dialog").getByRole("button", { name: "Add adapter" }).click();
  await expect(page.getByRole("heading", { name: "Support bot", level: 1 })).toBeVisible();
  const adapterUrl = page.url();

  await addVersion(page, "support-bot", 1);
  await load(page, 1);
  await passGate(page);
  await cutOver(page, 1);
  await expectServed("v1");

  await page.goto(adapterUrl);
  await addVersion(page, "billing-helper", 2);
  await load(page, 2);
  await passGate(page);
  await cutOver(page, 2);
  await expectServed("v2");
  const cutoverUrl = page.url();

  for (let request = 0; request < 5; request += 1) expect(servedBy(await ask(SLUG)).version).toBe("v2");
  const tenant = (await adminApi().call("GET /tenants", { query: { q: SLUG } })).items[0];
  await page.goto(`/charts?tenant=${tenant?.id}`);
  const latency = page
    .getByRole("region", { name: /Latency/ })
    .or(page.locator("section", { hasText: "Latency" }))
    .first();
  await expect(latency).toBeVisible();
  await expect
    .poll(
      async () => {
        const chart = await adminApi().call("GET /charts/{metric}", {
          params: { metric: "requests" },
          query: { tenantId: tenant?.id },
        });
        const total = chart.series.flatMap((series) => series.points).reduce((sum, [, value]) => sum + (value ?? 0), 0);
        return { hasTraffic: total > 0, marks: chart.annotations.filter(({ kind }) => kind === "cutover").length };
      },
      { timeout: 90_000 },
    )
    .toEqual({ hasTraffic: true, marks: 2 });

  await page.goto(cutoverUrl);
  await page.getByRole("button", { name: "Roll back", exact: true }).click();
  await page.getByRole("button", { name: "Roll back to v1" }).click();
  await expect(page.locator("header [data-status=rolled_back]")).toBeVisible();
  await expectServed("v1");
});
