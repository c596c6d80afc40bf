import { type Browser, expect, type Page, test } from "@playwright/test";
import { adminApi, ask } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { signInAsCustomer } from "../support/customer.ts";
import { SIGNED_OUT } from "../support/product.ts";

test.setTimeout(300_000);

const SLUG = "northwind";
const TOOLS = [
  {
    type: "function",
    function: {
      name: "move_delivery",
      description: "Moves the delivery of one order to another day.",
      parameters: {
        type: "object",
        properties: { order_id: { type: "string" }, day: { type: "string", enum: ["monday", "friday"] } },
        required: ["order_id", "day"],
      },
    },
  },
];
/** What tells who somebody is, in each way that the redaction knows; the names because the customer lists them. */
const PERSONAL = "Dora Quill of Acme Rockets, dora.quill@mail.example, +44 20 7946 0958, order 48151623";
const STAYS = /dora|quill|acme|rockets|7946|48151623/i;
const questionOf = (parcel: string) => `${parcel}: please move it to Friday. I am ${PERSONAL}.`;

async function begin() {
  const api = adminApi();
  const tenant = (await api.call("GET /tenants", { query: { q: SLUG } })).items[0];
  const adapters = (await api.call("GET /adapters", { query: { tenantId: tenant?.id ?? "" } })).items;
  const adapter = adapters.find(({ isDefault }) => isDefault) ?? adapters[0];
  if (!tenant || !adapter) throw new Error(`the demo has no ${SLUG}`);
  return { tenantId: tenant.id, adapterId: adapter.id, slug: adapter.slug };
}

async function keptOf(adapterId: string): Promise<string[]> {
  const params = { adapterId };
  const { items } = await adminApi().call("GET /adapters/{adapterId}/recorded", { params, query: { limit: 200 } });
  return items.map(({ messages }) => JSON.stringify(messages));
}

/** One request a second is looked at, and the demo's own customers ask as well: asked until it is one of them. */
const askUntilKept = (adapterId: string, parcel: string) =>
  expect
    .poll(
      async () => {
        const messages = [{ role: "user", content: questionOf(parcel) }];
        await (await ask(SLUG, { messages, tools: TOOLS, max_tokens: 200 })).text();
        return (await keptOf(adapterId)).some((text) => text.includes(parcel));
      },
      { timeout: 90_000 },
    )
    .toBe(true);

async function signedIn(browser: Browser, tenantId: string, role: "tenant_admin" | "tenant_viewer"): Promise<Page> {
  const page = await (await browser.newContext({ storageState: SIGNED_OUT })).newPage();
  await signInAsCustomer(page, tenantId, role);
  await page.getByRole("link", { name: "Recorded requests" }).click();
  await expect(page.getByRole("heading", { name: "Recorded requests", level: 1 })).toBeVisible();
  return page;
}

async function allow(customer: Page) {
  const button = customer.getByRole("button", { name: "Allow recording" });
  await expect(customer.getByText("What is not recognised")).toBeVisible();
  await button.click();
  const consent = customer.getByLabel("We allow this");
  await expect(consent).toHaveAccessibleDescription("Tick the box to allow recording.");
  await expect(consent).toBeFocused();
  await consent.check();
  await customer.getByLabel("Days").fill("99");
  await customer.getByLabel("Words to replace").fill("Dora\nQuill\nAcme Rockets");
  await button.click();
  await expect(customer.getByText("Give a whole number from 1 to 30.")).toBeVisible();
  expect(await violations(customer)).toEqual([]);
  await customer.getByLabel("Days").fill("2");
  await button.click();
  await expect(customer.locator("[data-status=recording]")).toBeVisible();
}

const rowOf = (page: Page, parcel: string) => page.getByRole("row", { name: parcel }).first();

test("a customer lets requests be kept: redacted, made into a suite, and deleted when it withdraws", async ({
  browser,
  page: staff,
}) => {
  const { tenantId, adapterId, slug } = await begin();
  await staff.goto(`/tenants/${tenantId}/recorded`);
  await expect(staff.getByText("The customer allows recording in its portal.")).toBeVisible();
  const customer = await signedIn(browser, tenantId, "tenant_admin");
  await allow(customer);
  await askUntilKept(adapterId, "Parcel one");
  await askUntilKept(adapterId, "Parcel two");

  await customer.setViewportSize({ width: 390, height: 844 });
  await customer.reload();
  await expect(rowOf(customer, "Parcel one")).toBeVisible();
  expect(await violations(customer)).toEqual([]);
  await rowOf(customer, "Parcel one").getByRole("link").click();
  const peek = customer.getByRole("dialog");
  await expect(peek.getByText("person1@example.com")).toBeVisible();
  await expect(peek.getByRole("heading", { name: "What the live version called" })).toBeVisible();
  expect(await peek.textContent()).not.toMatch(STAYS);
  expect(await violations(customer)).toEqual([]);
  await peek.getByRole("button", { name: "Remove" }).click();
  await expect(peek).toBeHidden();
  await expect.poll(async () => (await keptOf(adapterId)).some((text) => text.includes("Parcel one"))).toBe(false);
  await expect(rowOf(customer, "Parcel two")).toBeVisible();

  const viewer = await signedIn(browser, tenantId, "tenant_viewer");
  await expect(rowOf(viewer, "Parcel two")).toBeVisible();
  for (const name of ["Stop recording", "Stop and delete everything"])
    await expect(viewer.getByRole("button", { name, exact: true })).toBeDisabled();
  await expect(rowOf(viewer, "Parcel two").getByRole("button", { name: "Remove" })).toBeDisabled();

  await staff.reload();
  await expect(staff.getByRole("heading", { name: `Recorded requests of ${slug}` })).toBeVisible();
  await expect(rowOf(staff, "Parcel two")).toBeVisible();
  expect(await violations(staff)).toEqual([]);
  await staff.getByRole("button", { name: "Make a suite" }).click();
  await expect(staff.getByText(/A gate needs 200 prompts/)).toBeVisible();
  expect(await violations(staff)).toEqual([]);
  await staff.getByLabel("Name").fill("As asked");
  await staff.getByRole("button", { name: "Make suite" }).click();
  await expect(staff.getByRole("heading", { name: "As asked, revision 1" })).toBeVisible();
  await staff.getByLabel("Search prompts").fill("Parcel");
  await expect(rowOf(staff, "Parcel two")).toBeVisible();
  await expect(rowOf(staff, "Parcel one")).toHaveCount(0);

  await customer.getByRole("button", { name: "Stop and delete everything" }).click();
  const dialog = customer.getByRole("alertdialog");
  await expect(dialog.getByText(/deleted now and cannot be restored/)).toBeVisible();
  await dialog.getByRole("button", { name: "Stop and delete everything" }).click();
  await expect(customer.locator("[data-status=ended]")).toBeVisible();
  await expect(customer.getByText(/deleted all recorded requests/)).toBeVisible();
  await ask(SLUG, { messages: [{ role: "user", content: questionOf("Parcel three") }], tools: TOOLS });
  expect(await keptOf(adapterId)).toEqual([]);
  await staff.reload();
  await expect(rowOf(staff, "Parcel two")).toBeVisible();
  await staff.goto(`/tenants/${tenantId}/recorded`);
  await expect(staff.getByRole("button", { name: "Make a suite" })).toBeDisabled();
});
