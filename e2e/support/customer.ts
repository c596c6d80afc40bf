import { expect, type Page } from "@playwright/test";
import type { CallOutput } from "#lib/api/client.ts";
import { adminApi } from "./api.ts";
import { type PageUnderTest, portalPagesOf } from "./page-list.ts";

/** Makes a customer's person for a tenant and signs them in; they land on the portal. */
export async function signInAsCustomer(
  page: Page,
  tenantId: string,
  role: "tenant_admin" | "tenant_viewer" = "tenant_admin",
): Promise<void> {
  const email = `customer-${crypto.randomUUID()}@example.com`;
  const password = "a customer's password";
  await adminApi().call("POST /users", {
    body: { email, name: "Customer", password, membership: { tenantId, role } },
  });
  await page.goto("/portal");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/portal$/);
}

/** A tenant that is live, so that its portal has something to say. */
export const liveTenant = async () => (await liveTenants(1))[0];

type JourneyTenant = CallOutput<"GET /journey/tenants/{tenantId}">;
/** The first of them that are asked, answer with their own version, and may be answered by the base model. */
export async function liveTenants<Count extends 1 | 2>(
  count: Count,
): Promise<Count extends 1 ? [JourneyTenant] : [JourneyTenant, JourneyTenant]>;
export async function liveTenants(count: number): Promise<JourneyTenant[]> {
  const api = adminApi();
  const { items } = await api.call("GET /journey/tenants", { query: { limit: 200 } });
  const tenants = (await api.call("GET /tenants", { query: { limit: 200 } })).items;
  const mayFallBack = new Set(tenants.filter(({ fallback }) => fallback === "base_model").map(({ id }) => id));
  const found = items.filter(
    // a tenant that another test has just made has no requests
    ({ id, live, health, requestCount }) =>
      live !== null && health.state === "healthy" && requestCount > 0 && mayFallBack.has(id),
  );
  if (found.length < count) throw new Error(`fewer than ${count} tenants are live and healthy`);
  return found.slice(0, count);
}

/** Every page of the portal of that tenant, which is live. */
export async function portalPages({ id, live }: JourneyTenant): Promise<PageUnderTest[]> {
  const { items } = await adminApi().call("GET /requests", { query: { tenantId: id, limit: 1 } });
  const [request] = items;
  if (!request || !live) throw new Error("the tenant has no requests, or no live version");
  return portalPagesOf({ request: request.id, version: live.versionId });
}
