import { expect, type Page, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { liveTenant, signInAsCustomer } from "../support/customer.ts";
import { SIGNED_OUT } from "../support/product.ts";

/** The main part of a page as the server sends it, before any script runs, as plain text. */
async function mainText(page: Page, path: string): Promise<string> {
  const html = await (await page.request.get(path)).text();
  return html
    .slice(html.indexOf("<main"), html.indexOf("</main>"))
    .replace(/<[^>]*>/g, "")
    .replaceAll("&#x27;", "'");
}

test("the first HTML answers, without a script", async ({ page }) => {
  const { id, name, health } = await liveTenant();
  expect(await mainText(page, "/")).toMatch(/\d+ of \d+ tenants healthy/);
  const tenant = await mainText(page, `/tenants/${id}`);
  expect(tenant).toContain(name);
  expect(tenant).toContain(health.sentence);
  expect(await mainText(page, "/tenants")).toContain(name);
});

test("what is typed into a search before the page's code has come is searched for", async ({ page }) => {
  let comes = () => {};
  const code = new Promise<void>((resolve) => {
    comes = resolve;
  });
  await page.route("**/_next/static/**/*.js", async (route) => {
    await code;
    await route.continue();
  });
  await page.goto("/tenants", { waitUntil: "commit" });
  await page.getByLabel("Search tenants").fill("zzzz");
  comes();
  await expect(page.getByText("No tenant matches “zzzz”")).toBeVisible();
});

test("what is not there is a 404, to a customer all of the console is the portal", async ({ page, browser }) => {
  expect((await page.request.get("/tenants/ten_00000000000070008000000000000000")).status()).toBe(404);
  const { id, name } = await liveTenant();
  const context = await browser.newContext({ storageState: SIGNED_OUT });
  const customer = await context.newPage();
  await signInAsCustomer(customer, id);
  expect(await mainText(customer, "/portal")).toContain(name);
  const other = (await adminApi().call("GET /tenants", { query: {} })).items.find((tenant) => tenant.id !== id);
  const reply = await customer.request.get(`/tenants/${other?.id}`, { maxRedirects: 0 });
  expect(reply.status()).toBe(307);
  expect(await reply.text()).not.toContain(other?.name);
  await context.close();
});
