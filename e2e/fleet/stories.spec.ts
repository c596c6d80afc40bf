import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";

/** Of the demo's tenants, those with a story of their own; by now their gates have had their time. */
const ENDS = { cobalt: 1, harborline: 1, hollis: null, northwind: 2, pinecrest: null, quillstone: 1 };

const readLive = async () => {
  const { items } = await adminApi().call("GET /adapters", { query: { limit: 200 } });
  const live = new Map(items.map((adapter) => [adapter.tenantSlug, adapter.route.liveVersionNumber]));
  return Object.fromEntries(Object.keys(ENDS).map((slug) => [slug, live.get(slug)]));
};
const readRuns = async () =>
  (await adminApi().call("GET /runs", { query: { limit: 200 } })).items.filter(({ tenantSlug }) => tenantSlug in ENDS);

test("every tenant of the demo reaches the end of its story, gates included", async ({ page }) => {
  test.setTimeout(300_000);
  await expect.poll(readLive, { timeout: 240_000 }).toEqual(ENDS);
  const outcomes = async () =>
    Object.fromEntries((await readRuns()).map((run) => [run.tenantSlug, run.verdict?.outcome]));
  await expect
    .poll(outcomes, { timeout: 240_000 })
    .toMatchObject({ cobalt: "fail", harborline: "pass", northwind: "pass", pinecrest: "pass" });
  const alone = (await readRuns()).find(({ tenantSlug }) => tenantSlug === "harborline");
  expect(alone).toMatchObject({ baselineKind: "standalone" });
  await page.goto(`/evals/runs/${alone?.id}`);
  await expect(page.locator("header [data-status=pass]").first()).toBeVisible();
});
