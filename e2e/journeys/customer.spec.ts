import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { signInAsCustomer } from "../support/customer.ts";
import { SIGNED_OUT } from "../support/product.ts";

test.use({ storageState: SIGNED_OUT });

test("a customer signs in and sees only its own; another tenant's ids answer 404", async ({ page }) => {
  const api = adminApi();
  const tenants = (await api.call("GET /tenants", { query: { limit: 200 } })).items;
  const [mine, other] = tenants;
  if (!mine || !other) throw new Error("the demo has no tenants");
  await signInAsCustomer(page, mine.id);
  await expect(page.getByRole("heading", { name: mine.name, level: 1 })).toBeVisible();
  await expect(page.locator("[data-answer]")).not.toBeEmpty();

  await page.goto("/tenants");
  await expect(page).toHaveURL(/\/portal$/); // the console is not for customers

  const foreign = (await api.call("GET /adapters", { query: { tenantId: other.id } })).items[0];
  const statuses = await page.evaluate(
    async (paths) => Promise.all(paths.map(async (path) => (await fetch(`/api/v1${path}`)).status)),
    [
      `/journey/tenants/${mine.id}`,
      `/journey/tenants/${other.id}`,
      `/tenants/${other.id}`,
      `/tenants/${other.id}/keys`,
      `/adapters/${foreign?.id}`,
      "/nodes",
      "/audit",
    ],
  );
  expect(statuses).toEqual([200, 404, 404, 404, 404, 403, 403]);
  const listed = await page.evaluate(async () => (await fetch("/api/v1/tenants")).json());
  expect(listed.items.map((tenant: { id: string }) => tenant.id)).toEqual([mine.id]);
});

test("an expired session leads to the sign-in and back", async ({ page, context }) => {
  await page.goto("/nodes?pool=x");
  await expect(page).toHaveURL(/sign-in\?callbackUrl=%2Fnodes%3Fpool%3Dx/);
  await context.clearCookies();
  const response = await page.request.get("/api/v1/nodes");
  expect(response.status()).toBe(401);
  expect(response.headers()["content-type"]).toContain("application/problem+json");
});
