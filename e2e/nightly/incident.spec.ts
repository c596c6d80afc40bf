import { readFile } from "node:fs/promises";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { adminApi, ask } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { liveTenants, signInAsCustomer } from "../support/customer.ts";
import { SIGNED_OUT } from "../support/product.ts";

test("a draft becomes an incident, its customer is told in their own words and nobody else, and it closes with a review", async ({
  page,
  browser,
  baseURL,
}) => {
  test.setTimeout(240_000);
  const api = adminApi();
  const [tenant, other] = await liveTenants(2);
  const began = new Date(); // what other tests did to this tenant before is no part of it
  await failOver(tenant);

  await page.goto("/incidents");
  await page.getByRole("button", { name: "Open incident" }).first().click();
  const form = page.getByRole("dialog", { name: "Open incident" });
  await form.getByRole("button", { name: "Open incident" }).click();
  await expect(form.getByLabel("Title")).toHaveAttribute("aria-invalid", "true");
  await form.getByLabel("Title").fill("Answers from the base model");
  await form.getByLabel("Began").fill(began.toISOString().slice(0, 19));
  await form.getByLabel(tenant.name, { exact: true }).check();
  await form.getByLabel("Save as draft").check();
  await form.getByRole("button", { name: "Draft incident" }).click();
  await page.waitForURL("**/incidents/inc_*");
  const incidentId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await expect(page.locator("[data-answer]")).toContainText("It has not been accepted yet");
  await page.getByRole("button", { name: "Accept draft" }).click();
  await expect(page.locator("[data-answer]")).toContainText("Assigned to");
  const hit = await recorded(tenant.id); // the demo's own traffic may have added to ours
  await page.reload();
  await expect(page.getByRole("row", { name: new RegExp(tenant.name) })).toContainText(String(hit));
  await expect(page.getByRole("list", { name: "Timeline" })).toContainText("Draft accepted");
  expect(await violations(page)).toEqual([]);

  await publish(page, tenant, other, hit);
  const mine = await customerOf(browser, baseURL, tenant.id);
  await expect(mine.getByText(`${hit} requests of ${tenant.name} were answered`)).toBeVisible();
  await expect(mine.getByText("Identified")).toBeVisible();
  expect(await violations(mine)).toEqual([]);
  await mine.context().close();
  const theirs = await customerOf(browser, baseURL, other.id);
  await expect(theirs.getByRole("heading", { name: "Connect" })).toBeVisible();
  await expect(theirs.getByText("were answered by the base model")).toHaveCount(0);
  await theirs.context().close();

  await page.getByRole("button", { name: "Resolve incident" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resolve incident" }).click();
  await expect(page.locator("[data-answer]")).toContainText("Its review is still to be written");
  await page.getByRole("button", { name: "Close incident" }).click();
  const review = page.getByRole("dialog", { name: "Close incident?" });
  await review.getByLabel("Cause").fill("Set by hand for a test.\n# Not a heading");
  await review.getByLabel("What was done").fill("It was taken back.");
  await review.getByRole("button", { name: "Close incident" }).click();
  await expect(page.locator("[data-answer]")).toContainText("and is reviewed");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download review" }).first().click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${incidentId}.md`);
  const document = await readFile(await download.path(), "utf8");
  expect(document).toContain("# Answers from the base model");
  expect(document).toContain("> \\# Not a heading");
  expect(document).toContain(`| ${tenant.name} | 0 (measured, simulated) | ${hit} (measured, simulated) |`);
  expect(document).toContain(`To ${tenant.name}:`);
  await page.goto("/incidents?state=closed");
  await expect(page.locator(`a[href="/incidents/${incidentId}"]`)).toBeVisible();
  expect((await api.call("GET /incidents/{incidentId}", { params: { incidentId } })).state).toBe("closed");
});

/** At least three requests of a tenant that the base model answers, and that are on record; over when it returns. */
async function failOver({ id: tenantId, slug }: { id: string; slug: string }): Promise<void> {
  const api = adminApi();
  const body = { kind: "serve_fallback", tenantId, reason: "A browser test", minutes: 5 } as const;
  const control = await api.call("POST /controls", { body });
  const via = async () => (await ask(slug)).headers.get("x-switchyard-via");
  let fallen = 0;
  await expect.poll(async () => (fallen += Number((await via()) === "base_model"))).toBeGreaterThan(0);
  while (fallen < 3) fallen += Number((await via()) === "base_model");
  await api.call("POST /controls/{controlId}/revert", { params: { controlId: control.id }, body: {} });
  await expect.poll(via).toBe("primary");
  await expect.poll(() => recorded(tenantId)).toBeGreaterThanOrEqual(fallen);
}

/** Requests of a tenant that something else answered, as they are on record. */
const recorded = async (tenantId: string): Promise<number> =>
  (await adminApi().call("GET /fallbacks", { query: { tenantId } })).items.reduce(
    (sum, { requests }) => sum + requests,
    0,
  );

/** Writes what it must not, is refused in the preview, mends it, and publishes. */
async function publish(page: Page, tenant: { name: string }, other: { name: string }, hit: number): Promise<void> {
  await page.getByRole("button", { name: "Publish update" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish update" });
  await dialog.getByLabel("State").selectOption("identified");
  const text = "{requests} requests of {tenant} were answered by the base model";
  await dialog.getByLabel("Text").fill(`${text}, like those of ${other.name}.`);
  await dialog.getByRole("button", { name: "Preview texts" }).click();
  await expect(dialog.getByText(`“${other.name}” is the name of another tenant.`)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Publish to 1 customer" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("button", { name: "Back to the text" }).click();
  await dialog.getByLabel("Text").fill(`${text}.`);
  await dialog.getByRole("button", { name: "Preview texts" }).click();
  await expect(dialog.getByLabel(tenant.name)).toHaveValue(
    `${hit} requests of ${tenant.name} were answered by the base model.`,
  );
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Publish to 1 customer" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("list", { name: "Timeline" })).toContainText("identified, to 1 customer");
}

async function customerOf(browser: Browser, baseURL: string | undefined, tenantId: string): Promise<Page> {
  const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), storageState: SIGNED_OUT });
  const page = await context.newPage();
  await signInAsCustomer(page, tenantId);
  return page;
}
