import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";
import { burst } from "../support/burst.ts";

// somebody is woken, and has a phone
test.use({ viewport: { width: 390, height: 844 } });

/** Tenants that answer with their own version: more than the pool's nodes have slots. */
async function hotTenants(): Promise<string[]> {
  const { items } = await adminApi().call("GET /journey/tenants", { query: { limit: 200 } });
  return items.filter(({ live, health }) => live !== null && health.state === "healthy").map(({ slug }) => slug);
}

async function servingPool() {
  const api = adminApi();
  const node = (await api.call("GET /nodes", { query: {} })).items.find(({ standalone }) => !standalone);
  if (!node) throw new Error("the demo has no node");
  return api.call("GET /pools/{poolId}", { params: { poolId: node.poolId } });
}

/** Adapters that lost their slot on any node of the pool; traces are stored once a second, so it is asked until it stands. */
async function evictions(poolId: string, { from, to }: { from: Date; to: Date }): Promise<number> {
  const api = adminApi();
  const nodes = (await api.call("GET /nodes", { query: { poolId } })).items.filter(({ standalone }) => !standalone);
  const query = { from: from.toISOString(), to: to.toISOString() };
  const read = async () => {
    const swaps = await Promise.all(
      nodes.map(({ id }) => api.call("GET /nodes/{nodeId}/swaps", { params: { nodeId: id }, query })),
    );
    return swaps.reduce((sum, { evictions: { gpu } }) => sum + (gpu.value ?? 0), 0);
  };
  let last = -1;
  await expect
    .poll(
      async () => {
        const before = last;
        last = await read();
        return last === before;
      },
      { intervals: [1_500], timeout: 20_000 },
    )
    .toBe(true);
  return last;
}

/** The fleet keeps the slots, as after any rollout: taking them back would cost another round of restarts. */
test("game day: a burst beyond the slots wakes somebody, who reads why, rolls out more slots and sees evictions fall", async ({
  page,
}) => {
  test.setTimeout(360_000);
  const api = adminApi();
  const pool = await servingPool();
  if (pool.restartStep !== "simulated")
    await api.call("PATCH /pools/{poolId}", {
      params: { poolId: pool.id },
      generation: pool.generation,
      body: { restartStep: "simulated" },
    });
  const tenants = await hotTenants();
  expect(tenants.length).toBeGreaterThan(2 * pool.maxLoras);
  const before = await evictions(pool.id, await burst(tenants, { warmUp: 2, measured: 4 }));
  expect(before).toBeGreaterThan(50);

  const alert = async () => {
    const { items } = await api.call("GET /alerts", { query: { poolId: pool.id, state: "firing", limit: 200 } });
    const thrash = items.filter(({ rule }) => rule === "evictions");
    const details = await Promise.all(
      thrash.map(({ id }) => api.call("GET /alerts/{alertId}", { params: { alertId: id } })),
    );
    return details.find(({ findings: [finding] }) => finding !== undefined && finding.forecast !== null);
  };
  await expect
    .poll(async () => (await alert())?.title, { timeout: 160_000, intervals: [2_000] })
    .toBe("Eviction thrash");
  const found = await alert();
  if (!found) throw new Error("the alert is gone");

  await page.goto("/alerts");
  await page.getByRole("link", { name: `Eviction thrash: ${found.subject.name}` }).click();
  await expect(page).toHaveURL(new RegExp(`/alerts/${found.id}`));
  await expect(page.locator("[data-answer]")).toContainText("adapters from GPU slots in 5 min");
  await expect(
    page
      .getByText(/more adapters are active at once than its \d+ GPU slots can hold; raise --max-loras to \d+/)
      .first(),
  ).toBeVisible();
  await page.getByText("Evidence and forecast").first().click();
  await expect(page.locator("[data-forecast]")).toContainText("(forecast)");

  await page.locator("main figure .recharts-surface").first().click();
  await page.getByRole("link", { name: "Swaps at that time" }).click();
  await expect(page).toHaveURL(new RegExp(`/nodes/${found.subject.id}/swaps\\?from=`));
  await expect(page.getByRole("table", { name: "Swaps" })).toBeVisible();
  await page.goBack();

  await page.getByRole("link", { name: "Roll out new limits" }).first().click();
  const dialog = page.getByRole("dialog");
  const slots = dialog.getByLabel("GPU slots");
  await expect(slots).toHaveValue(/\d+/);
  const proposed = Number(await slots.inputValue());
  expect(proposed).toBeGreaterThan(pool.maxLoras);
  await dialog.getByRole("button", { name: "Review rollout" }).click();
  await dialog.getByRole("button", { name: "Start rollout" }).click();
  await expect(page).toHaveURL(/\/rollouts\/rol_/);
  await expect(page.locator("main [data-status=completed]")).toBeVisible({ timeout: 150_000 });
  expect((await servingPool()).maxLoras).toBe(proposed);

  const window = await burst(tenants, { warmUp: 2, measured: 4 });
  const after = await evictions(pool.id, window);
  expect(after).toBeLessThan(before / 4);
  const range = new URLSearchParams({ from: window.from.toISOString(), to: window.to.toISOString() });
  await page.goto(`/nodes/${found.subject.id}/swaps?${range}`);
  await expect(page.getByText("Slot evictions")).toBeVisible();
});
