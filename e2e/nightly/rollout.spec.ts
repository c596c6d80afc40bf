import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";

test.setTimeout(300_000);

async function demoPool() {
  const [pool] = (await adminApi().call("GET /pools", { query: {} })).items;
  if (!pool) throw new Error("the demo has no pool");
  return pool;
}

/** The fleet keeps two more slots, which no other test counts; taking them back would cost another round of restarts. */
test("new limits roll out node by node: preview, live progress, and the pool has them", async ({ page }) => {
  const api = adminApi();
  const before = await demoPool();
  const params = { poolId: before.id };
  if (before.restartStep !== "simulated")
    await api.call("PATCH /pools/{poolId}", {
      params,
      generation: before.generation,
      body: { restartStep: "simulated" },
    });
  const slots = before.maxLoras + 2;

  await page.goto(`/pools/${before.id}/rollouts`);
  await page.getByRole("button", { name: "Change limits" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("CPU cache").fill("1");
  await dialog.getByLabel("GPU slots").fill(String(slots));
  await dialog.getByRole("button", { name: "Review rollout" }).click();
  await expect(dialog.getByText(/vLLM does not start in this configuration/)).toBeVisible();
  await dialog.getByRole("button", { name: "Start rollout" }).click();
  // refused: back at the field that is wrong, with everything else kept
  await expect(dialog.getByLabel("CPU cache")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByLabel("GPU slots")).toHaveValue(String(slots));

  await dialog.getByLabel("CPU cache").fill(String(before.maxCpuLoras));
  await dialog.getByRole("button", { name: "Review rollout" }).click();
  const changes = dialog.getByRole("table", { name: "Limits that change" });
  await expect(changes.getByRole("row", { name: /GPU slots/ })).toContainText(String(slots));
  // a read of the page that gets no answer holds up nobody who has started it
  await page.route(/\/api\/v1\/nodes\?/, () => {});
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await dialog.getByRole("button", { name: "Start rollout" }).click();
  expect((await answered).status(), await (await answered).text()).toBe(201);
  await expect(page).toHaveURL(/\/rollouts\/rol_/, { timeout: 60_000 });
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await expect(page.locator("main [data-status=restarting], main [data-status=restoring]").first()).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.locator("main [data-status=completed]")).toBeVisible({ timeout: 200_000 });
  await expect(page.getByText(/(\d+) of \1 nodes done/)).toBeVisible();
  const after = await demoPool();
  expect(after.maxLoras).toBe(slots);
  if (before.restartStep !== "simulated")
    await api.call("PATCH /pools/{poolId}", {
      params,
      generation: after.generation,
      body: { restartStep: before.restartStep },
    });
});
