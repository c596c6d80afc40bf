import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { product, SIGNED_OUT } from "../support/product.ts";
import { restartNode } from "../support/sim-node.ts";

test.use({ storageState: SIGNED_OUT, viewport: { width: 390, height: 844 } });

const DOWN_MS = 60_000;

test("a node goes down at night: its link survives the sign-in, says it in a sentence, and one tap holds it", async ({
  page,
}) => {
  test.setTimeout(300_000);
  const api = adminApi();
  const nodes = (await api.call("GET /nodes", { query: {} })).items;
  const node = nodes.find(({ standalone, baseUrl }) => !standalone && product().nodeUrls.includes(baseUrl));
  if (!node) throw new Error("no node");
  await restartNode(node.baseUrl, { downMs: DOWN_MS });
  const found = async () =>
    (await api.call("GET /alerts", { query: { nodeId: node.id, state: "firing" } })).items.find(
      ({ rule }) => rule === "node_down",
    );
  await expect.poll(async () => (await found())?.state, { timeout: 80_000 }).toBe("firing");
  const alert = await found();
  if (!alert) throw new Error("no alert");

  await page.goto(`/alerts/${alert.id}`);
  await page.getByLabel("E-mail").fill(product().email);
  await page.getByLabel("Password").fill(product().password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**/alerts/${alert.id}`);
  const html = await (await page.request.get(`/alerts/${alert.id}`)).text();
  expect(html).toContain(`${node.name} does not respond since`);
  await expect(page.locator("[data-answer]")).toContainText(`${node.name} does not respond since`);
  await expect(page.getByText("Unassigned.")).toBeVisible();
  await expect(page.getByRole("button", { name: `Cordon ${node.name}` })).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.getByRole("button", { name: "Acknowledge alert" }).click();
  await expect(page.getByText(`Acknowledged by ${product().email}`)).toBeVisible();
  await page.getByLabel("New note").fill("Looking at the machine.");
  await page.getByRole("button", { name: "Add note" }).click();
  await expect(page.getByText("Looking at the machine.")).toBeVisible();

  await page.getByRole("button", { name: "Open incident" }).click();
  const form = page.getByRole("dialog", { name: "Open incident" });
  await expect(form.getByLabel("Title")).toHaveValue(`Node down: ${node.name}`);
  await form.getByRole("button", { name: "Open incident" }).click();
  await page.waitForURL("**/incidents/inc_*");
  await expect(page.getByRole("list", { name: "Timeline" })).toContainText(`Node down: ${node.name} began`);
  await page.getByRole("link", { name: `Node down: ${node.name}`, exact: true }).click();
  await page.waitForURL(`**/alerts/${alert.id}`);
  await expect(page.getByRole("link", { name: "View incident" })).toBeVisible();

  await page.getByRole("link", { name: "Runbook", exact: true }).click();
  await page.waitForURL("**/help/runbooks/node_down");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Node down");
  await expect(page.getByRole("heading", { name: "First step" })).toBeVisible();

  await page.goto("/alerts");
  await expect(page.getByRole("link", { name: new RegExp(`Node down: ${node.name}`) })).toBeVisible();
  await expect(page.getByText(/last evaluated/).first()).toBeVisible();
  await expect
    .poll(async () => (await api.call("GET /alerts/{alertId}", { params: { alertId: alert.id } })).state, {
      timeout: 180_000,
    })
    .toBe("resolved");
});
