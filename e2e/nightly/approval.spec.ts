import { type Browser, expect, type Page, test } from "@playwright/test";
import { addVersion, seededAdapter } from "#lib/api/testing/fleet.ts";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import { NO_POLICY } from "#lib/cutover/browser/policy-schema.ts";
import { adminApi, ask, servedBy } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { liveTenants, signInAsCustomer } from "../support/customer.ts";
import { SIGNED_OUT } from "../support/product.ts";

test.setTimeout(400_000);

const SLUG = "approval-inc";
const OVERRIDE = "Its gate is not what this test is about.";

/** A tenant of this test's own whose version 1 answers, and whose customer is asked before another does. */
async function begin() {
  const api = adminApi();
  const pool = (await api.call("GET /pools", { query: {} })).items[0];
  const tenant = await api.call("POST /tenants", { body: { slug: SLUG, name: "Approval Inc" } });
  const params = { tenantId: tenant.id };
  const { id: adapterId } = await api.call("POST /tenants/{tenantId}/adapters", {
    params,
    body: { slug: "bot", name: "Bot", poolId: pool?.id ?? "" },
  });
  await startCutover(adapterId, "approval-1");
  await answers("v1");
  const { generation } = await api.call("GET /tenants/{tenantId}/release-policy", { params });
  const body = { ...NO_POLICY, beforeLive: "customer" as const };
  await api.call("PUT /tenants/{tenantId}/release-policy", { params, body, generation });
  return { tenantId: tenant.id, adapterId };
}

async function startCutover(adapterId: string, seed: string): Promise<string> {
  const version = await addVersion(adminApi(), adapterId, await seededAdapter(seed));
  const body = { toVersionId: version.id, overrideReason: OVERRIDE, plan: AT_ONCE };
  return (await adminApi().call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body })).id;
}

const answers = (version: string) =>
  expect.poll(async () => servedBy(await ask(SLUG)).version, { timeout: 120_000 }).toBe(version);

async function signedIn(browser: Browser, tenantId: string, role: "tenant_admin" | "tenant_viewer"): Promise<Page> {
  const page = await (await browser.newContext({ storageState: SIGNED_OUT })).newPage();
  await signInAsCustomer(page, tenantId, role);
  return page;
}

const asked = (page: Page, version: number) =>
  page.getByRole("heading", { name: `May version ${version} of bot go live?` });

test("a version goes live once its customer approves it, and stays away once it declines", async ({
  browser,
  page: staff,
}) => {
  const { tenantId, adapterId } = await begin();
  const cutoverId = await startCutover(adapterId, "approval-2");
  const customer = await signedIn(browser, tenantId, "tenant_admin");
  await expect(asked(customer, 2)).toBeVisible({ timeout: 120_000 });
  await expect(customer.getByText(/Answer until .* left\)\. Without an answer, nothing goes live\./)).toBeVisible();
  await customer.setViewportSize({ width: 390, height: 844 });
  expect(await violations(customer)).toEqual([]);

  await staff.goto("/cutovers");
  await expect(staff.getByRole("link", { name: "Approval Inc / bot v2" })).toBeVisible();
  await staff.goto(`/cutovers/${cutoverId}`);
  await expect(staff.locator("header [data-status=waiting_for_approval]")).toBeVisible();
  await expect(staff.getByRole("button", { name: "Approve" })).toBeDisabled();
  expect(await violations(staff)).toEqual([]);

  const viewer = await signedIn(browser, tenantId, "tenant_viewer");
  await expect(asked(viewer, 2)).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Approve" })).toBeDisabled();
  const other = (await liveTenants(2)).find(({ id }) => id !== tenantId);
  const stranger = await signedIn(browser, other?.id ?? "", "tenant_admin");
  await expect(stranger.locator("[data-answer]")).not.toBeEmpty();
  await expect(stranger.getByText(/May version/)).toHaveCount(0);

  await customer.getByRole("link", { name: "Open approval" }).click();
  await expect(customer).toHaveURL(/\/portal\/approvals\/apv_/);
  await expect(customer.getByText("Once approved, version 2 answers all requests at once.")).toBeVisible();
  expect(await violations(customer)).toEqual([]);
  const status = await stranger.evaluate(
    async (path) => (await fetch(`/api/v1${path}`)).status,
    new URL(customer.url()).pathname.replace("/portal", ""),
  );
  expect(status).toBe(404);
  await customer.getByRole("button", { name: "Approve" }).click();
  await customer.getByLabel("Comment").fill("Tried by our own people.");
  await customer.getByRole("button", { name: "Approve version 2" }).click();
  await expect(customer.getByText(/Approved by .*: Tried by our own people\./)).toBeVisible();
  await answers("v2");

  const declined = await startCutover(adapterId, "approval-3");
  await customer.goto("/portal");
  await expect(asked(customer, 3)).toBeVisible({ timeout: 120_000 });
  await customer.getByRole("button", { name: "Decline" }).click();
  await customer.getByRole("button", { name: "Decline version 3" }).click();
  await expect(asked(customer, 3)).toHaveCount(0);
  await staff.goto(`/cutovers/${declined}`);
  await expect(staff.locator("header [data-status=aborted]")).toBeVisible();
  await answers("v2");
});
