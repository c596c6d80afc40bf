import { expect, type Page, test } from "@playwright/test";
import { createClient } from "#lib/api/client.ts";
import { addVersion, seededAdapter } from "#lib/api/testing/fleet.ts";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import { NO_POLICY } from "#lib/cutover/browser/policy-schema.ts";
import { adminApi } from "./support/api.ts";
import { liveTenant, portalPages, signInAsCustomer } from "./support/customer.ts";
import { consolePages } from "./support/pages.ts";
import { product, SIGNED_OUT } from "./support/product.ts";

/** Pictures that README shows; all others are only looked at. */
const DOCUMENTED: ReadonlySet<string> = new Set([
  "overview-light",
  "tenants-light",
  "run-light",
  "version-report-light",
  "node-dark",
  "charts-dark",
  "portal-approval-light",
]);
const fileOf = (name: string): string =>
  `${DOCUMENTED.has(name) ? "docs/screenshots" : "test-results/wide"}/${name}.png`;

/** @param below a heading that the picture begins with; without one it begins with the page */
type Picture = { name: string; path: string; below?: string };

/** One page, light and dark, wide and narrow. */
async function shoot(page: Page, { name, path, below }: Picture) {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(path);
    await expect(page.locator("h1").first()).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await page.waitForLoadState("networkidle");
    if (below)
      await page
        .getByRole("heading", { name: below })
        .evaluate((heading) => window.scrollTo(0, heading.getBoundingClientRect().top + window.scrollY - 120));
    await page.screenshot({ path: fileOf(`${name}-${colorScheme}`) });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `test-results/phone/${name}-${colorScheme}.png` });
  }
}

/** A fleet whose gates have all been judged has more to show than one that has just begun. */
async function settle() {
  const open = async () => {
    const { items } = await adminApi().call("GET /runs", { query: { limit: 200 } });
    return items.length < 8 ? null : items.filter(({ verdict }) => verdict === null).length;
  };
  await expect.poll(open, { timeout: 1_200_000, intervals: [2000] }).toBe(0); // beside customers a gate takes minutes
}

test("takes a picture of every page of the console", async ({ page }) => {
  test.setTimeout(2_400_000);
  await settle();
  for await (const each of consolePages()) await shoot(page, each);
});

test.describe("customers", () => {
  test.use({ storageState: SIGNED_OUT });

  test("takes a picture of the sign-in and of every page of the portal", async ({ page }) => {
    await shoot(page, { name: "sign-in", path: "/sign-in" });
    const tenant = await liveTenant();
    await signInAsCustomer(page, tenant.id);
    for (const each of await portalPages(tenant)) await shoot(page, each);
  });
});

const OVERRIDE = "Tried by the customer's own people before the fair.";

/** New versions of tenants that are live, two at a time, once some of them have arrived. */
async function batchUnderWay(): Promise<string> {
  const api = adminApi();
  const { items } = await api.call("GET /adapters", { query: { limit: 200 } });
  const ready = items.filter(
    ({ versionCount, newestVersion }) => versionCount === 1 && newestVersion?.status === "live",
  );
  const rows = [];
  for (const { id: adapterId, slug } of ready.slice(0, 20)) {
    const { id: toVersionId } = await addVersion(api, adapterId, await seededAdapter(`${adapterId} ${slug}`));
    rows.push({ adapterId, toVersionId });
  }
  const body = { rows, atOnce: 2, plan: AT_ONCE, overrideReason: OVERRIDE };
  const { id } = await api.call("POST /cutover-batches", { body });
  const completed = async () =>
    (await api.call("GET /cutover-batches/{batchId}", { params: { batchId: id } })).counts.completed;
  await expect.poll(completed, { timeout: 120_000 }).toBeGreaterThan(2);
  return id;
}

/** The demo's failing version, which somebody else lets go live unless its customer declines. */
async function askedCustomer() {
  const api = adminApi();
  const { items } = await api.call("GET /runs", { query: { limit: 200 } });
  const run = items.find(({ verdict }) => verdict?.outcome === "fail");
  if (!run) throw new Error("no gate has failed");
  const { tenantId, adapterId, candidateVersionId: toVersionId } = run;
  const params = { tenantId };
  const { generation } = await api.call("GET /tenants/{tenantId}/release-policy", { params });
  const policy = { ...NO_POLICY, beforeLive: "customer" as const };
  await api.call("PUT /tenants/{tenantId}/release-policy", { params, body: policy, generation });
  const scopes = ["platform:admin" as const];
  const { key } = await api.call("POST /keys", { body: { name: "release desk", scopes } });
  const desk = createClient({ baseUrl: product().consoleUrl, apiKey: key });
  const body = { toVersionId, overrideReason: OVERRIDE, plan: AT_ONCE };
  const cutover = await desk.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
  const asked = async () => (await api.call("GET /approvals", { query: { cutoverId: cutover.id } })).items[0]?.id;
  await expect.poll(asked, { timeout: 120_000 }).toBeTruthy();
  return { tenantId, cutoverId: cutover.id, approvalId: await asked() };
}

test("takes a picture of a batch under way, and of an approval as both sides see it", async ({ page, browser }) => {
  test.setTimeout(2_400_000);
  await settle();
  await shoot(page, { name: "batch", path: `/cutovers/batches/${await batchUnderWay()}` });
  const { tenantId, cutoverId, approvalId } = await askedCustomer();
  await shoot(page, { name: "cutover-approval", path: `/cutovers/${cutoverId}` });
  const customer = await (await browser.newContext({ storageState: SIGNED_OUT })).newPage();
  await signInAsCustomer(customer, tenantId);
  const path = `/portal/approvals/${approvalId}`;
  await shoot(customer, { name: "portal-approval", path, below: "Test results" });
});
