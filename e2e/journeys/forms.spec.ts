import { expect, type Page, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { settled } from "../support/shown-page.ts";

const NAME = "Forms of today";

/** What the page has asked the server to change so far. */
function changesOf(page: Page): string[] {
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET" && request.url().includes("/api/v1/endpoints")) sent.push(request.method());
  });
  return sent;
}

test.afterAll(async () => {
  const api = adminApi();
  for (const { id, name } of (await api.call("GET /endpoints", { query: {} })).items)
    if (name === NAME) await api.call("DELETE /endpoints/{endpointId}", { params: { endpointId: id } });
});

test("a form says beside its fields what is wrong before anything is sent, and keeps what was typed", async ({
  page,
}) => {
  const sent = changesOf(page);
  await page.goto("/settings/endpoints");
  await settled(page);
  await page.getByRole("button", { name: "Add endpoint" }).click();
  const form = page.getByRole("dialog");
  const [name, address, gpus] = [
    form.getByLabel("Name"),
    form.getByLabel("Base URL"),
    form.getByLabel("GPUs it takes"),
  ];
  await gpus.fill("two");
  await form.getByRole("button", { name: "Add endpoint" }).click();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toHaveAccessibleDescription(/Is empty\. Fill it in\.$/);
  await expect(name).toBeFocused();
  await expect(address).toHaveAccessibleDescription(/Is empty\. Fill it in\.$/);
  await expect(gpus).toHaveAccessibleDescription("Is missing, or not a number. Give a number.");
  await expect(gpus).toHaveValue("two");
  expect(sent).toEqual([]);
  expect(await violations(page)).toEqual([]);

  // each error goes as soon as its field is right
  await gpus.fill("1,5");
  await expect(gpus).toHaveAttribute("aria-invalid", "true");
  await gpus.fill("1.5");
  await expect(gpus).not.toHaveAttribute("aria-invalid");
  await name.fill(NAME);
  await expect(name).not.toHaveAttribute("aria-invalid");

  // what only the server knows stands beside its field as well
  await address.fill("ftp://models.example.com");
  await form.getByRole("button", { name: "Add endpoint" }).click();
  await expect(address).toHaveAttribute("aria-invalid", "true");
  await expect(address).toHaveValue("ftp://models.example.com");
  await expect(gpus).toHaveValue("1.5");
  await expect(form.getByRole("alert")).toHaveCount(0);
  expect(sent).toEqual(["POST"]);

  await address.fill("https://models.example.com/v1");
  await form.getByLabel("Cost a month, US dollars").fill("$1,200");
  await address.press("Enter");
  await expect(form).toBeHidden();
  expect(sent).toEqual(["POST", "POST"]);
  const made = (await adminApi().call("GET /endpoints", { query: {} })).items.find((one) => one.name === NAME);
  expect(made).toMatchObject({ gpus: 1.5, costPerMonth: 1200, model: null, tenantId: null });
});

test("a session that expires in a form is said there, and what was typed goes out after the sign-in", async ({
  page,
  context,
}) => {
  await page.goto("/settings/endpoints");
  await settled(page);
  await page.getByRole("button", { name: "Add endpoint" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("Kept through sign-in");
  await form.getByLabel("Base URL").fill("https://models.example.com/v1");
  await context.clearCookies();
  await form.getByRole("button", { name: "Add endpoint" }).click();
  await expect(form.getByRole("alert").getByText("Nothing was changed")).toBeVisible();
  await expect(form.getByLabel("Name")).toHaveValue("Kept through sign-in");
});

test("what was typed is thrown away by its own button only, and is not there the next time", async ({ page }) => {
  await page.goto("/incidents");
  await settled(page);
  // the list says it once more while it is empty
  const open = page.locator("header").getByRole("button", { name: "Open incident" });
  await open.click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Title").fill("Typed and not sent");
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  await expect(form.getByLabel("Title")).toHaveValue("Typed and not sent");
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(form).toBeHidden();
  await open.click();
  await expect(form.getByLabel("Title")).toHaveValue("");
  // with nothing typed it closes as any dialog does
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();
});

test("hours without a day are not saved as any time, nor a thousand with a dot as one", async ({ page }) => {
  const sent: string[] = [];
  page.on("request", (request) => void (request.method() === "PUT" && sent.push(request.url())));
  const [tenant] = (await adminApi().call("GET /tenants", { query: { limit: 1 } })).items;
  await page.goto(`/tenants/${tenant?.id}/release`);
  await settled(page);
  await page.getByLabel("When it may reach customers automatically").selectOption("days");
  const days = page.getByRole("group", { name: "Hours" });
  for (const day of await days.getByRole("checkbox").all()) await day.uncheck();
  await page.getByRole("button", { name: "Save release policy" }).click();
  await expect(days.getByRole("alert")).toContainText("No day is chosen");
  expect(sent).toEqual([]);

  await page.goto("/settings/endpoints");
  await settled(page);
  await page.getByRole("button", { name: "Add endpoint" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Cost a month, US dollars").fill("1.000");
  await form.getByRole("button", { name: "Add endpoint" }).click();
  await expect(form.getByLabel("Cost a month, US dollars")).toHaveAccessibleDescription(/not a number/);
});
