import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { addPool, addVersion, seededAdapter, startNode } from "#lib/api/testing/fleet.ts";
import type { BatchWithRows } from "#lib/cutover/browser/batch-schema.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { adminApi, ask, servedBy } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { flipByte } from "../support/flip-byte.ts";
import { product } from "../support/product.ts";

test.setTimeout(400_000);

/** Last by its name: its pool, and the forty tenants that are live there, stay. */
const SLUGS = Array.from({ length: 40 }, (_, n) => `whole-${String(n + 1).padStart(2, "0")}`);
const BROKEN = "whole-08";
const AT_ONCE = 5;

let node: SimNode;
test.beforeAll(async () => {
  node = await startNode("whole-node", 0, { maxLoras: 8, maxCpuLoras: 48 });
});
test.afterAll(() => node.stop());

async function addTenant(poolId: string, slug: string): Promise<void> {
  const api = adminApi();
  const { id: tenantId } = await api.call("POST /tenants", { body: { slug, name: slug } });
  const body = { slug: "bot", name: "Bot", poolId };
  const adapter = await api.call("POST /tenants/{tenantId}/adapters", { params: { tenantId }, body });
  await addVersion(api, adapter.id, await seededAdapter(slug));
}

/** A pool with one node of its own, and forty tenants whose only version nobody has loaded. */
async function fillPool(): Promise<void> {
  const api = adminApi();
  const directory = join(product().dataDir, "adapters");
  const pool = await addPool(api, directory, { slug: "whole", maxLoras: 8, maxCpuLoras: 48 });
  await api.call("POST /nodes", { body: { poolId: pool.id, name: "whole-node", baseUrl: node.url } });
  for (let at = 0; at < SLUGS.length; at += 4)
    await Promise.all(SLUGS.slice(at, at + 4).map((slug) => addTenant(pool.id, slug)));
}

/** By the cutovers' own times: the most that were under way at one moment. */
async function mostAtOnce({ rows }: BatchWithRows): Promise<number> {
  const times: { from: number; to: number }[] = [];
  for (const { cutoverId } of rows) {
    if (cutoverId === null) continue;
    const { createdAt, finishedAt } = await adminApi().call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
    times.push({ from: Date.parse(createdAt), to: finishedAt ? Date.parse(finishedAt) : Number.POSITIVE_INFINITY });
  }
  return Math.max(...times.map(({ from: at }) => times.filter(({ from, to }) => from <= at && at < to).length));
}

test("forty go live five at a time, stop at the first failure, and go on when told to", async ({ page }, info) => {
  const api = adminApi();
  await fillPool();
  // no node loads bytes that are not those that were checked
  await flipByte(`${BROKEN}--bot`);

  await page.goto("/cutovers");
  await page.getByRole("link", { name: "New batch" }).click();
  await page.getByLabel("Search versions").fill("whole-");
  await expect(page.getByRole("region", { name: "Selection" })).toContainText("40 selected");
  await page.getByText("Refused (40)").click();
  await expect(page.getByText("Run its gate, and cut over once it has passed.").first()).toBeVisible();
  await page.getByLabel("Concurrent cutovers").fill("0");
  await expect(page.getByLabel("Concurrent cutovers")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Concurrent cutovers").fill(String(AT_ONCE));
  await page.getByRole("button", { name: "All at once" }).click();
  await page.getByLabel("Override gates").fill("Their gates are not what this test is about.");
  await expect(page.getByText("40 cutovers would start. 40 at once fit the CPU caches.")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Start 40 cutovers" }).click();

  await expect(page).toHaveURL(/\/batches\/bat_/);
  const batchId = page.url().split("/").at(-1) ?? "";
  const read = () => api.call("GET /cutover-batches/{batchId}", { params: { batchId } });
  await expect(page.locator("header [data-status=stopped_by_failures]")).toBeVisible({ timeout: 180_000 });
  const notice = page.getByRole("listitem").filter({ hasText: `${BROKEN}/bot v1` });
  await expect(notice.first()).toContainText("Version 1 is quarantined by now. Nothing was switched.");
  await expect(notice.getByRole("link", { name: "Open cutover" })).toBeVisible();
  await expect.poll(async () => (await read()).counts.running, { timeout: 60_000 }).toBe(0);
  const stopped = await read();
  expect(stopped).toMatchObject({ state: "stopped", stoppedBy: "failures", counts: { failed: 1, running: 0 } });
  const waiting = stopped.rows.filter(({ state }) => state === "waiting");
  expect(waiting.length).toBeGreaterThanOrEqual(40 - 8 - AT_ONCE);
  for (const { adapterId, cutoverId } of waiting) {
    expect(cutoverId).toBeNull();
    const { route } = await api.call("GET /adapters/{adapterId}", { params: { adapterId } });
    expect(route.liveVersionId).toBeNull();
  }
  expect(await violations(page)).toEqual([]);

  await page.getByRole("button", { name: `Resume the remaining ${waiting.length}` }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("button", { name: `Resume the remaining ${waiting.length}` }).click();
  await expect(page.locator("header [data-status=completed_partly]")).toBeVisible({ timeout: 180_000 });
  const ended = await read();
  expect(ended.counts).toMatchObject({ completed: 39, failed: 1, waiting: 0 });
  const most = await mostAtOnce(ended);
  info.annotations.push({ type: "batch", description: `at most ${most} of 40 cutovers were running at once` });
  expect(most).toBeLessThanOrEqual(AT_ONCE);
  expect(servedBy(await ask("whole-40"))).toMatchObject({ status: 200, version: "v1", via: "primary" });
  expect(servedBy(await ask(BROKEN)).version).not.toBe("v1");
});
