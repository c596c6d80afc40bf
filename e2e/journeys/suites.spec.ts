import { expect, type Page, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { violations } from "../support/axe.ts";

const TOOLS = JSON.stringify([
  {
    type: "function",
    function: {
      name: "create_shipment",
      description: "Create one shipment.",
      parameters: {
        type: "object",
        properties: {
          customer_id: { type: "string", pattern: "^CUS-\\d{5}$" },
          service: { type: "string", enum: ["standard", "express", "overnight"] },
          weight_kg: { type: "number", minimum: 0.1, maximum: 70 },
          address: { type: "object", properties: { street: { type: "string" }, city: { type: "string" } } },
          insured: { type: "boolean", default: false },
        },
        required: ["customer_id", "service"],
      },
    },
  },
  {
    type: "function",
    function: {
      name: "get_shipment",
      description: "Look up one shipment.",
      parameters: { type: "object", properties: { shipment_id: { type: "string" } }, required: ["shipment_id"] },
    },
  },
  {
    type: "function",
    function: {
      name: "cancel_shipment",
      description: "Cancel one shipment.",
      parameters: {
        type: "object",
        properties: { shipment_id: { type: "string" }, reason: { type: ["string", "null"] } },
        required: ["shipment_id"],
      },
    },
  },
]);

const NAME = `Suites ${Date.now() % 100_000}`;

const chooseTenant = (page: Page) => page.getByRole("dialog").getByLabel("Tenant").selectOption({ label: NAME });

test("an admin makes a gateable suite of a tenant's own tools, and edits it", async ({ page }) => {
  test.setTimeout(240_000);
  await adminApi().call("POST /tenants", {
    body: { slug: NAME.toLowerCase().replace(" ", "-"), name: NAME },
  });
  await page.goto("/evals/suites");
  await page.getByRole("button", { name: "Set tools" }).click();
  const dialog = page.getByRole("dialog");
  await chooseTenant(page);
  await dialog.getByLabel("Tools", { exact: true }).fill("[{");
  await expect(dialog.getByText(/Invalid JSON/)).toBeVisible();
  await dialog.getByLabel("Tools", { exact: true }).fill(TOOLS.replace("^CUS-\\\\d{5}$", "(a+)+$"));
  await dialog.getByRole("button", { name: "Save tools" }).click();
  await expect(dialog.getByText(/The pattern repeats what repeats itself/)).toBeVisible();
  await dialog.getByLabel("Tools", { exact: true }).fill(TOOLS);
  await dialog.getByRole("button", { name: "Save tools" }).click();
  await expect(dialog.getByText(/can try 1[2-8] of 18 kinds/)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "New suite" }).click();
  await chooseTenant(page);
  await expect(dialog.getByText(/3 tools; 1[2-8] of 18/)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Generate suite" }).click();
  await expect(page.getByRole("heading", { name: "Own tools, revision 1" })).toBeVisible();
  await expect(page.getByText(/200 prompts, \d+ held out/)).toBeVisible();
  await expect(page.getByText("Ready").first()).toBeVisible();

  await page.getByLabel("Category").selectOption("numbers");
  await expect(page.getByRole("row").nth(1)).toContainText("numbers");
  await page.getByRole("row").nth(1).getByRole("link").click();
  const peek = page.getByRole("dialog");
  await expect(peek.getByRole("heading", { name: "Right answer" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await peek.getByRole("button", { name: "Edit prompt" }).click();
  const args = peek.getByLabel("Arguments of call 1");
  const right = await args.inputValue();
  await args.fill('{"customer_id": 1}');
  await expect(peek.getByText(/does not allow this: \$\.customer_id: type/)).toBeVisible();
  await args.fill(right);
  await peek.getByLabel("Tags").fill("looked at");
  await expect(peek.getByText(/does not allow this/)).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
  await peek.getByRole("button", { name: "Save prompt" }).click();
  await expect(peek.getByText("looked at")).toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Add matcher" }).click();
  await page.getByLabel("Tool of matcher 1").fill("cancel_shipment");
  await page.getByLabel("Path of matcher 1").fill("$.reason");
  await page.getByLabel("Comparison of matcher 1").selectOption("ignore");
  const path = page.getByLabel("Path of matcher 1");
  const save = page.getByRole("button", { name: "Save comparison" });
  await path.fill("reason");
  await save.click();
  await expect(path).toHaveAccessibleDescription("Write a path such as $.start or $.items[*].at.");
  await path.fill("$.reason");
  await save.click();
  await expect(page.getByText("Comparison saved")).toBeVisible();
  await expect(save).toHaveAttribute("aria-disabled", "true");
  expect(await violations(page)).toEqual([]);
});
