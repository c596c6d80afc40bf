import { expect, type Page } from "@playwright/test";
import { adminApi } from "./api.ts";

/** Makes a customer's person for a tenant and signs them in; they land on the portal. */
export async function signInAsCustomer(page: Page, tenantId: string): Promise<void> {
  const email = `customer-${crypto.randomUUID()}@example.com`;
  const password = "a customer's password";
  await adminApi().call("POST /users", {
    body: { email, name: "Customer", password, membership: { tenantId, role: "tenant_admin" } },
  });
  await page.goto("/portal");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/portal$/);
}

/** A tenant that is live, so that its portal has something to say. */
export async function liveTenant() {
  const { items } = await adminApi().call("GET /journey/tenants", { query: { limit: 200 } });
  const found = items.find(({ live }) => live !== null);
  if (!found) throw new Error("no tenant is live");
  return found;
}

export const PORTAL_PAGES = [
  { name: "portal", path: "/portal" },
  { name: "portal-versions", path: "/portal/versions" },
  { name: "portal-keys", path: "/portal/keys" },
] as const;
