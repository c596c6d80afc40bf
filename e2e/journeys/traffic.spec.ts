import { expect, type Page, test } from "@playwright/test";
import { adminApi, ask, servedBy } from "../support/api.ts";
import { liveTenants, signInAsCustomer } from "../support/customer.ts";
import { ADMIN_SESSION, product, SIGNED_OUT } from "../support/product.ts";

const panel = (page: Page) => page.getByRole("dialog");

/** Sends the panel's question as it stands and waits for the answer. @returns the request's id */
async function tryIt(page: Page): Promise<string> {
  await panel(page).getByRole("button", { name: "Send request" }).click();
  await expect(panel(page).getByRole("status").first()).toContainText(/^Answered/);
  const href = await panel(page).getByRole("link", { name: "Open this request" }).getAttribute("href");
  return href?.split("/").at(-1) ?? "";
}

/** The id of a request that a customer's program sent just now, once it is on record. */
async function recordedRequest(tenantSlug: string): Promise<string> {
  const reply = await ask(tenantSlug, { stream: true });
  const requestId = reply.headers.get("x-request-id") ?? "";
  await reply.text();
  const api = adminApi();
  await expect
    .poll(() =>
      api.call("GET /requests/{requestId}", { params: { requestId } }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  return requestId;
}

test("staff try a request as a tenant, see what came back and open it", async ({ page }) => {
  const [tenant] = await liveTenants(1);
  await page.goto("/traffic");
  await page.getByRole("button", { name: "Try a request" }).click();
  await panel(page).getByLabel("Tenant").selectOption({ label: tenant.name });
  const requestId = await tryIt(page);
  const headers = panel(page).getByText("x-switchyard-served-by");
  await expect(headers).toBeVisible();
  await expect(panel(page).getByRole("region", { name: "Answer" })).not.toHaveText("Nothing yet.");
  await expect(panel(page).getByText("Tokens out")).toBeVisible();
  await expect(panel(page).getByText("The rest of the answer")).toBeVisible();

  await panel(page).getByText("As a program").click();
  await expect(panel(page).getByText("/v1/chat/completions")).toBeVisible();

  await panel(page).getByRole("link", { name: "Open this request" }).click();
  await expect(page).toHaveURL(new RegExp(`/requests/${requestId}$`));
  await expect(page.locator("[data-answer]")).toContainText(/^Answered by v\d+ on /);
  await expect(page.getByText("A trial or a probe")).toBeVisible();
});

test("what the gateway refuses is shown with its code and what to change", async ({ page }) => {
  const { items } = await adminApi().call("GET /journey/tenants", { query: { limit: 200 } });
  // with a model that is not live; another test's tenant has none at all, which is another refusal
  const waiting = items.find(({ live, adapterId }) => live === null && adapterId !== null);
  if (!waiting) throw new Error("every tenant with a model is live");
  await page.goto(`/tenants/${waiting.id}`);
  await page.getByRole("button", { name: "Try a request" }).click();
  await panel(page).getByRole("button", { name: "Send request" }).click();
  await expect(panel(page).getByRole("status").first()).toContainText(/^Refused with status 4\d\d/);
  await expect(panel(page).getByRole("alert")).toContainText("model_not_live");
});

test("one request, as staff see it: where its time went, and beside it what happened on the node", async ({ page }) => {
  const [tenant] = await liveTenants(1);
  const requestId = await recordedRequest(tenant.slug);
  await page.goto("/traffic");
  await page.getByLabel("Find a request by its id").fill(`x-request-id: ${requestId}`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/requests/${requestId}$`));
  await expect(page.locator("[data-answer]")).toContainText(/^Answered by /);
  await expect(page.getByRole("heading", { name: "Time by stage" })).toBeVisible();
  await expect(page.getByRole("heading", { name: /^On .+ at that time$/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy link for the customer" })).toBeVisible();

  await page.goto("/requests/req_00000000000070008000000000000000");
  await expect(page.getByRole("heading", { name: "Request not found" })).toBeVisible();
});

test.describe("a customer", () => {
  test.use({ storageState: SIGNED_OUT });

  test("tries the model, finds the request among their own, and nobody else's", async ({ page }) => {
    const [mine, other] = await liveTenants(2);
    await signInAsCustomer(page, mine.id);
    await page.getByRole("button", { name: "Try your model" }).click();
    const requestId = await tryIt(page);
    await expect(panel(page).getByText("x-switchyard-served-by")).toHaveCount(0);
    await panel(page).getByRole("link", { name: "Open this request" }).click();
    await expect(page).toHaveURL(new RegExp(`/portal/requests/${requestId}$`));
    await expect(page.locator("[data-answer]")).toContainText(/^Answered by v\d+ in /); // and on no node

    const foreign = await recordedRequest(other.slug);
    await page.goto(`/portal/requests/${foreign}`);
    await expect(page.getByRole("heading", { name: "Request not found" })).toBeVisible();

    const own = await recordedRequest(mine.slug);
    await page.goto("/portal/requests");
    await page.getByRole("link", { name: new RegExp(own.slice(-4)) }).click();
    await expect(page.getByRole("heading", { name: "Time by stage" })).toBeVisible();
  });
});

test.describe("nobody in particular", () => {
  test.use({ storageState: SIGNED_OUT });

  test("reads what an error means without signing in, at the code that a reply links to", async ({ page }) => {
    const reply = await fetch(`${product().gatewayUrl}/v1/models`);
    const { error } = (await reply.json()) as { error: { code: string } };
    await page.goto(`/help/errors#${error.code}`);
    await expect(page).toHaveURL(new RegExp(`/help/errors#${error.code}$`));
    await expect(page.locator(`#${error.code}`)).toBeInViewport();
    await expect(page.locator(`#${error.code}`)).toContainText("Send the header Authorization: Bearer");
  });
});

test.describe("a fallback", () => {
  test.use({ storageState: SIGNED_OUT });

  test("is shown to the customer it happens to, with the reason, and to staff", async ({ page, browser, baseURL }) => {
    test.setTimeout(180_000);
    const api = adminApi();
    const [tenant] = await liveTenants(1);
    const body = { kind: "serve_fallback", tenantId: tenant.id, reason: "A browser test", minutes: 5 } as const;
    const control = await api.call("POST /controls", { body });
    try {
      await expect.poll(async () => servedBy(await ask(tenant.slug)).via).toBe("base_model");
      await signInAsCustomer(page, tenant.id);
      const now = page.getByText("are answered by the standard model, because your provider overrode routing");
      await expect(now).toBeVisible();
      await expect(page.getByRole("table", { name: "Fallbacks" }).getByRole("row").nth(1)).toContainText(
        "the standard model",
      );

      const staff = await browser.newContext({ baseURL, storageState: ADMIN_SESSION });
      const console = await staff.newPage();
      await console.goto("/traffic?only=fallback");
      await expect(console.getByRole("table", { name: "Traffic by tenant" })).toContainText(tenant.name);
      await expect(console.getByRole("table", { name: "Fallbacks" })).toContainText(tenant.slug);
      await console.goto(`/tenants/${tenant.id}`);
      await expect(
        console.getByText("are answered by the base model, because an operator overrode routing"),
      ).toBeVisible();
      await staff.close();
    } finally {
      await api.call("POST /controls/{controlId}/revert", { params: { controlId: control.id }, body: {} });
    }
    await expect.poll(async () => servedBy(await ask(tenant.slug)).via).toBe("primary");
  });
});
