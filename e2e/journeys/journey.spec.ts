import { expect, type Page, test } from "@playwright/test";
import { isNightly } from "#lib/platform/nightly.ts";
import { adminApi, ask, servedBy } from "../support/api.ts";
import { adapterFolder } from "../support/large-adapter.ts";
import { product, SIGNED_OUT } from "../support/product.ts";
import { settled } from "../support/shown-page.ts";

test.use({ storageState: SIGNED_OUT });
test.setTimeout(300_000);

const SLUG = "journey-inc";

async function signIn(page: Page) {
  const { email, password } = product();
  await page.goto("/tenants");
  await expect(page).toHaveURL(/sign-in/);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Tenants", level: 1 })).toBeVisible(); // the link survived
}

/** Drops a folder that PEFT wrote, on the wizard's page or an adapter's own. */
async function sendFolder(page: Page, folder: string) {
  await expect(page.getByRole("button", { name: "Choose folder" })).toBeEnabled();
  await page.locator("input[type=file]").setInputFiles(adapterFolder(folder));
  await expect(page.locator("[data-finding]").first()).toBeAttached();
  await page.getByRole("button", { name: "Add version" }).click();
}

/** Where there is only one pool it is chosen already. */
async function choosePool(page: Page) {
  const pools = page.getByLabel("Pool", { exact: true });
  if ((await pools.inputValue()) === "") await pools.selectOption({ index: 1 });
}

/** The version's page: it passed its checks. */
async function expectReady(page: Page, number: number) {
  await expect(page.getByRole("heading", { name: `support-bot v${number}`, level: 1 })).toBeVisible();
  await expect(page.locator("[data-status=ready]").first()).toBeVisible();
}

/** Loads the version that is shown on both nodes of the pool. */
async function load(page: Page, number: number) {
  await page.getByRole("link", { name: "Placements", exact: true }).click();
  await page.getByRole("button", { name: `Load v${number}` }).click();
  await expect(page.locator("[data-status=routable]")).toHaveCount(2, { timeout: 60_000 });
}

async function startGate(page: Page) {
  await page.getByRole("link", { name: "Gate", exact: true }).click();
  const run = page.getByRole("button", { name: "Run gate" });
  await expect(run).toBeEnabled();
  await run.click();
  await expect(page).toHaveURL(/\/evals\/runs\/run_/);
}

/** Thousands of prompts are asked at night only; by day `verdict.spec.ts` looks at the demo's gates, which have their time. */
async function cancelGate(page: Page) {
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel run" }).click();
  await expect(page.locator("header [data-status=cancelled]").first()).toBeVisible();
  await page.goBack();
}

async function passGate(page: Page) {
  await startGate(page);
  await expect(page.locator("h1 ~ * [data-status=pass], header [data-status=pass]").first()).toBeVisible({
    timeout: 180_000,
  });
}

/** Behind its pass: nothing is live before the first, so there is nothing to go step by step beside. */
async function cutOver(page: Page, number: number) {
  await page.getByRole("link", { name: "Open gate" }).click();
  await page.getByRole("button", { name: "Start cutover" }).click();
  await page.getByRole("button", { name: `Start cutover to v${number}` }).click();
  await expectCompleted(page);
}

/** Without a gate, for a reason, which is asked for until there is one. */
async function cutOverUngated(page: Page, reason: string, isFirst = false) {
  await page.getByRole("link", { name: "Gate", exact: true }).click();
  await expect(page.getByRole("button", { name: "Start cutover" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Override gate" }).click();
  const dialog = page.getByRole("dialog");
  if (!isFirst) await dialog.getByRole("button", { name: "All at once" }).click();
  await dialog.getByLabel("Reason").fill("soon");
  await dialog.getByRole("button", { name: "Override gate" }).click();
  await expect(dialog.getByLabel("Reason")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: "Override gate" }).click();
  await expectCompleted(page);
  await expect(page.getByText(`without a pass: ${reason}`)).toBeVisible();
}

async function expectCompleted(page: Page) {
  await expect(page).toHaveURL(/\/cutovers\/cut_/);
  await expect(page.locator("header [data-status=completed]")).toBeVisible({ timeout: 60_000 });
}

/** The gateway follows by notification; what it answers is the truth. */
const expectServed = (version: string) =>
  expect.poll(async () => servedBy(await ask(SLUG))).toEqual({ status: 200, version, via: "primary" });

/** What says that nothing was found, and the list again. */
async function searchInVain(page: Page) {
  await page.getByLabel("Search tenants").fill("zzzz");
  await expect(page.getByText("No tenant matches “zzzz”")).toBeVisible();
  await page.getByLabel("Search tenants").fill("");
  await expect(page.getByText("No tenant matches “zzzz”")).toBeHidden();
}

/** A slug that somebody typed stays, whatever the name becomes. */
async function nameAdapter(page: Page) {
  await page.getByLabel("Name").fill("Helper");
  await expect(page.getByLabel("Slug")).toHaveValue("helper");
  await page.getByLabel("Slug").fill("support-bot");
  await page.getByLabel("Name").fill("Helper of the support desk");
  await expect(page.getByLabel("Slug")).toHaveValue("support-bot");
}

/** Shown once: only its button closes the dialog. */
async function createKey(page: Page, tenantId: string) {
  await page.goto(`/tenants/${tenantId}/access`);
  await settled(page);
  await page.getByRole("button", { name: "Create key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("support backend");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByRole("heading", { name: "Copy the key now" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  await expect(dialog.getByText(/^sy_/)).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
}

test("from nothing to live, and back", async ({ page }) => {
  await signIn(page);
  await settled(page);
  await searchInVain(page);

  await page.getByRole("button", { name: "Add tenants" }).click();
  await page.getByRole("menuitem", { name: "One tenant, step by step" }).click();
  await page.getByLabel("Name").fill("Journey Inc");
  await expect(page.getByLabel("Slug")).toHaveValue(SLUG);
  await page.getByRole("button", { name: "Add tenant", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Onboard Journey Inc", level: 1 })).toBeVisible();
  await nameAdapter(page);
  await choosePool(page);
  await page.getByRole("button", { name: "Add adapter" }).click();
  await sendFolder(page, "support-bot");
  await page.getByRole("link", { name: "Open report" }).click();
  await expectReady(page, 1);
  await load(page, 1);
  if (isNightly()) {
    await passGate(page);
    await cutOver(page, 1);
  } else await cutOverUngated(page, "It served them from a machine of their own.", true);
  await expectServed("v1");

  const adapter = (await adminApi().call("GET /adapters", { query: { q: SLUG } })).items[0];
  await page.goto(`/adapters/${adapter?.id}`);
  await page.getByRole("link", { name: "Add version" }).first().click();
  await sendFolder(page, "billing-helper");
  await expectReady(page, 2);
  await load(page, 2);
  await startGate(page);
  await cancelGate(page);
  await cutOverUngated(page, "The customer's own people tried it on Friday.");
  await expectServed("v2");
  const cutoverUrl = page.url();

  for (let request = 0; request < 5; request += 1) expect(servedBy(await ask(SLUG)).version).toBe("v2");
  const tenant = (await adminApi().call("GET /tenants", { query: { q: SLUG } })).items[0];
  await createKey(page, tenant?.id ?? "");
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
  await expect(page).toHaveTitle(/^Journey Inc · support-bot v2 · Cutover \w{6} · Switchyard$/);

  await page.goto(`/tenants/${tenant?.id}`);
  await page.getByRole("button", { name: "Roll back", exact: true }).click();
  await page.getByLabel("Reason").fill("Answers in the wrong language.");
  await page.getByRole("button", { name: "Roll back to v1" }).click();
  await expect(page.getByText("Version 2 was rolled back", { exact: true })).toBeVisible();
  await expect(page.getByText(/Answers in the wrong language\./).first()).toBeVisible();
  await expect(page.getByText(/Load v2/)).toHaveCount(0);
  await expectServed("v1");
  await page.goto(cutoverUrl);
  await expect(page.locator("header [data-status=rolled_back]")).toBeVisible();
});
