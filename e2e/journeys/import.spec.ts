import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { testCount } from "#lib/platform/nightly.ts";
import { type Fault, writeAdapterFolders } from "../support/adapter-folders.ts";
import { adminApi } from "../support/api.ts";
import { settled } from "../support/shown-page.ts";

test.setTimeout(300_000);

const CLICKS_MAX = 12;
/** Forty at night; the hand has as many clicks for few. */
const NAMES = Array.from({ length: testCount(12, 40) }, (_, n) => `many-${String(n + 1).padStart(2, "0")}`);
const FAULTS: Record<string, Fault> = {
  "many-03": "rank above the pool's",
  "many-07": "other base model",
  "many-11": "no weights",
};
const GOOD = NAMES.length - Object.keys(FAULTS).length;

/** The demo's pool, whose adapter directory the server reads folders from. */
async function demoPool() {
  const { items } = await adminApi().call("GET /pools", { query: { limit: 200 } });
  const pool = items.find(({ slug }) => slug === "llama-8b");
  if (!pool) throw new Error("the demo has no pool");
  return pool;
}

/** What a person's hand does, counted: each click, each choice, each field that is gone into. */
function countingHand(page: Page) {
  const hand = {
    clicks: 0,
    click(target: Locator) {
      hand.clicks += 1;
      return target.click();
    },
    async fill(target: Locator, text: string) {
      hand.clicks += 1;
      await target.fill(text);
    },
    async choose(target: Locator, value: string) {
      hand.clicks += 1;
      await target.selectOption(value);
    },
    button: (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" }),
  };
  return hand;
}

const rowOf = (page: Page, slug: string) => page.locator(`tbody[data-row=${slug}]`);

test("many tenants come from one folder to staged in at most twelve clicks; three say why they do not", async ({
  page,
}) => {
  const pool = await demoPool();
  const folder = join(pool.adapterDirectory, "many-tenants");
  await writeAdapterFolders(folder, NAMES, FAULTS);
  const hand = countingHand(page);
  await page.goto("/tenants");
  await settled(page); // a button listens once the page's own read has come back
  const began = Date.now();
  await hand.click(page.getByRole("button", { name: "Add tenants" }));
  await hand.click(page.getByRole("menuitem", { name: /Many/ }));
  await hand.choose(page.getByLabel("Pool"), pool.id);
  await hand.fill(page.getByLabel("Folder", { exact: true }), folder);
  await hand.click(hand.button("Read and check folders"));

  await expect(hand.button(`Import ${GOOD} rows`)).toBeVisible({ timeout: 60_000 });
  await hand.click(hand.button("Need work 3"));
  await expect(rowOf(page, "many-03")).toContainText("Rank 32 is above the pool's 16");
  await expect(rowOf(page, "many-07")).toContainText("base model");
  await expect(rowOf(page, "many-11")).toContainText("adapter_model.safetensors is missing");
  await expect(page.locator("tbody[data-row]")).toHaveCount(3);
  await hand.click(hand.button(`Import ${GOOD} rows`));

  await hand.click(hand.button(`Stage ${GOOD}`));
  await hand.click(page.getByRole("dialog").getByRole("button", { name: `Stage ${GOOD} versions` }));
  await expect(page.locator("[data-totals]")).toContainText(`${GOOD} rows imported, ${GOOD} staged`, {
    timeout: 60_000,
  });
  const seconds = (Date.now() - began) / 1000;
  test.info().annotations.push({ type: "figures", description: `${hand.clicks} clicks, ${seconds.toFixed(1)} s` });
  expect(hand.clicks).toBeLessThanOrEqual(CLICKS_MAX);

  const importId = page.url().match(/imp_[0-9a-f]+/)?.[0] ?? "";
  const reasons = await page.request.get(`/api/v1/imports/${importId}/reasons.csv`);
  const text = await reasons.text();
  for (const code of ["rank_above_pool", "base_model_mismatch", "missing_file"]) expect(text).toContain(code);
  await leave(importId);
  await rm(folder, { recursive: true });
});

/** Takes the versions off the nodes again, so that the fleet is what the other tests expect. */
async function leave(importId: string) {
  const api = adminApi();
  const { items } = await api.call("GET /imports/{importId}/rows", { params: { importId }, query: { limit: 200 } });
  for (const { versionId } of items)
    if (versionId) await api.call("POST /versions/{versionId}/unstage", { params: { versionId } });
}

test("a row is mended by keyboard, and folders from one's own machine are sent row by row", async ({ page }) => {
  const root = await mkdtemp(join(tmpdir(), "switchyard-drop-"));
  await writeAdapterFolders(root, ["Drop One", "drop-two", "drop-three"], { "drop-three": "no weights" });
  const pool = await demoPool();
  await page.goto("/tenants/import");
  await page.getByLabel("Pool").selectOption(pool.id);
  await page.getByRole("button", { name: "Drop folders" }).click();
  await page.locator("input[type=file]").setInputFiles(root);
  await expect(page.getByRole("button", { name: "Import 2 rows" })).toBeVisible();
  await expect(rowOf(page, "drop-three")).toContainText("adapter_model.safetensors is missing");
  await expect(rowOf(page, "drop-one")).toContainText("The names need a review");

  await page.getByRole("button", { name: /^Tenant slug of row 1/ }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("drop-uno");
  await page.keyboard.press("Enter");
  await expect(rowOf(page, "drop-uno")).toBeVisible();
  await expect(rowOf(page, "drop-uno")).not.toContainText("The names need a review");

  await page.getByRole("button", { name: "Import 2 rows" }).click();
  await expect(page.locator("[data-totals]")).toContainText("2 rows imported", { timeout: 60_000 });
  await expect(rowOf(page, "drop-uno").locator("[data-status=imported]")).toBeVisible();

  await page.reload();
  await expect(page.getByRole("button", { name: "Choose folder" })).toBeEnabled();
  await writeAdapterFolders(root, ["drop-three"]);
  await page.locator("input[type=file]").setInputFiles(root);
  await page.getByRole("button", { name: "Import 1 row" }).click();
  await expect(page.locator("header [data-status=completed]")).toBeVisible({ timeout: 60_000 });
  await rm(root, { recursive: true });
});
