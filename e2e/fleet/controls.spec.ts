import { expect, test } from "@playwright/test";
import { adminApi, ask, servedBy } from "../support/api.ts";
import { liveTenant } from "../support/customer.ts";

/** Whatever a test left in force would reach the next one. */
test.afterEach(async () => {
  const api = adminApi();
  const { items } = await api.call("GET /controls", { query: { active: "true" } });
  for (const { id } of items)
    await api.call("POST /controls/{controlId}/revert", { params: { controlId: id }, body: {} });
});

const GATEWAY_MS = 2_000;

test("a tenant is shed by hand: what follows is shown first, the gateway refuses within 2 s, and it is taken back", async ({
  page,
}) => {
  const tenant = await liveTenant();
  await page.goto(`/tenants/${tenant.id}`);
  await page.getByRole("button", { name: "Override routing…" }).click();
  await page.getByRole("menuitem", { name: `Shed ${tenant.name}` }).click();
  const dialog = page.getByRole("dialog", { name: `Shed ${tenant.name}?` });
  await expect(dialog.getByText(/are refused with 429/)).toBeVisible();
  await expect(dialog.getByText(/Revert it: the next request/)).toBeVisible();
  const confirm = dialog.getByRole("button", { name: `Shed ${tenant.name}` });
  const reason = dialog.getByLabel("Reason");
  await confirm.click();
  await expect(reason).toHaveAccessibleDescription(
    /^Shown to your team.* Has fewer than 3 characters\. Give 3 or more\.$/,
  );
  await expect(reason).toBeFocused();
  await reason.fill("A loop of retries in their importer.");
  await confirm.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("region", { name: "Manual overrides" })).toContainText("A loop of retries");
  await expect.poll(async () => servedBy(await ask(tenant.slug)).status, { timeout: GATEWAY_MS }).toBe(429);

  await page.getByRole("button", { name: /^Revert: Shed/ }).click();
  await expect(page.getByRole("region", { name: "Manual overrides" })).toBeHidden();
  await expect.poll(async () => servedBy(await ask(tenant.slug)).status, { timeout: GATEWAY_MS }).toBe(200);
});

test("a freeze stands above every page with who and why, and can be lifted from each", async ({ page }) => {
  await page.goto("/cutovers");
  await page.getByRole("button", { name: "Override routing…" }).click();
  await page.getByRole("menuitem", { name: "Freeze cutovers and evals" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("Orders are on fire.");
  await dialog.getByRole("button", { name: "Freeze cutovers and evals" }).click();
  for (const path of ["/cutovers", "/nodes", "/settings"]) {
    await page.goto(path);
    const banner = page.getByRole("status").filter({ hasText: "All cutovers and evals are frozen" });
    await expect(banner).toContainText("Orders are on fire.");
    await expect(banner).toContainText(/Set by .+@/);
  }
  await page.getByRole("button", { name: /^Lift freeze/ }).click();
  await expect(page.getByText("Orders are on fire.")).toBeHidden();
  expect(await adminApi().call("GET /freeze", {})).toEqual({ freeze: null });
});
