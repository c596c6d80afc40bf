import { expect, test } from "@playwright/test";
import { ApiError } from "#lib/api/client.ts";
import { adminApi, ask, servedBy } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { signInAsCustomer } from "../support/customer.ts";
import { SIGNED_OUT } from "../support/product.ts";

test.setTimeout(300_000);

/** Of the demo's tenants: Cobalt's new version fails its gate, Pinecrest's passes and waits to be moved in. */
const FAILED = "cobalt";
const PASSED = "pinecrest";

/** A gate of the demo that is over. This is the last of the journeys: by now they have had their time. */
async function findGate(slug: string, outcome: "pass" | "fail") {
  const find = async () => {
    const { items } = await adminApi().call("GET /runs", { query: { limit: 200 } });
    return items.find(({ tenantSlug, gates, verdict }) => tenantSlug === slug && gates && verdict?.outcome === outcome);
  };
  await expect.poll(async () => (await find())?.id, { timeout: 240_000 }).toBeTruthy();
  const run = await find();
  if (!run) throw new Error(`no gate of ${slug}`);
  return run;
}

test("a failing version is refused in the browser and by the API, and changes nothing", async ({ page }) => {
  const run = await findGate(FAILED, "fail");
  const before = servedBy(await ask(run.tenantSlug));
  expect(before.status).toBe(200);

  await page.goto(`/evals/runs/${run.id}`);
  await expect(page.locator("header [data-status=fail]").first()).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Open gate" })).toHaveCount(0);
  await page.goto(`/adapters/${run.adapterId}/versions/${run.candidateVersionId}/gate`);
  const start = page.getByRole("button", { name: "Start cutover" });
  await expect(start).toHaveAttribute("aria-disabled", "true");
  await start.hover();
  await expect(page.getByText(/The gate failed/)).toBeVisible();
  await expect(page.getByRole("radio", { name: /^Live version/ })).toBeChecked();
  await expect(page.getByText("The live version is what customers would lose", { exact: false })).toBeVisible();

  const refused = await adminApi()
    .call("POST /adapters/{adapterId}/cutovers", {
      params: { adapterId: run.adapterId },
      body: { toVersionId: run.candidateVersionId },
    })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({ problem: { status: 409, code: "gate_not_passed", fix: expect.any(String) } });
  expect(servedBy(await ask(run.tenantSlug))).toEqual(before);
});

test("from a failed gate to the argument that differs in two clicks", async ({ page }) => {
  const run = await findGate(FAILED, "fail");
  await page.goto(`/adapters/${run.adapterId}/versions/${run.candidateVersionId}/gate`);
  await page.getByRole("table", { name: "Runs" }).getByRole("link").first().click();
  await page
    .getByRole("button", { name: /^Compare prompt/ })
    .first()
    .click();

  const panel = page.getByRole("dialog");
  const differing = panel.locator("td[data-differs]").first();
  await expect(differing).toBeVisible();
  await expect(differing).toContainText("differs:");
  await expect(panel.getByRole("img", { name: /candidate: .*wrong/ }).first()).toBeVisible();
  await expect(page).toHaveURL(/peek=cas_/);
  expect(await violations(page)).toEqual([]);

  const first = await panel.getByRole("heading", { level: 2 }).textContent();
  await page.keyboard.press("j");
  await expect(panel.getByRole("heading", { level: 2 })).not.toHaveText(first ?? "");
  await page.keyboard.press("k");
  await expect(panel.getByRole("heading", { level: 2 })).toHaveText(first ?? "");
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await page.getByLabel("Order", { exact: true }).selectOption("suite");
  await expect(page).toHaveURL(/order=suite/);

  await page.getByRole("link", { name: "Open report" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Gate report/ })).toBeVisible();
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 3, name: /^Prompt \d+/ }).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("button", { name: "Print report" })).toBeHidden();
  const report = await adminApi().call("GET /runs/{runId}/report", { params: { runId: run.id } });
  await expect(page.getByText(report.sentence ?? "no sentence")).toBeVisible();
});

test("behind a pass a cutover can be started, and says what it would do", async ({ page }) => {
  const run = await findGate(PASSED, "pass");
  await page.goto(`/evals/runs/${run.id}`);
  await page.getByRole("main").getByRole("link", { name: "Open gate" }).click();
  await page.getByRole("button", { name: "Start cutover" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByText(`v${run.candidateNumber} is loaded on every node of its pool`)).toBeVisible();
  await expect(dialog.getByRole("button", { name: `Start cutover to v${run.candidateNumber}` })).toBeEnabled();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

test.describe("signed out", () => {
  test.use({ storageState: SIGNED_OUT });

  test("a customer is told that a version's test failed, not that it is ready", async ({ page }) => {
    const run = await findGate(FAILED, "fail");
    await signInAsCustomer(page, run.tenantId, "tenant_viewer");
    await expect(page.getByRole("navigation", { name: "Portal" }).getByRole("link", { name: "Keys" })).toHaveCount(0);
    await page.goto("/portal/versions");
    const row = page.getByRole("row", { name: new RegExp(`v${run.candidateNumber}\\b`) });
    await expect(row.locator("[data-status=fail]")).toHaveText("Test failed");
    await expect(row.getByRole("link", { name: "Open report" })).toBeVisible();
    await expect(page.locator("[data-status=live]").first()).toHaveText("Live");
  });
});
