import { expect, test } from "@playwright/test";
import { adminApi } from "../support/api.ts";

test("a card of the settings saves its own fields, and is refused only where somebody else saved in between", async ({
  page,
}) => {
  const api = adminApi();
  const before = await api.call("GET /settings", {});
  const { evictionAlertThreshold, originKeepDays } = before;
  await page.goto("/settings");
  await page.getByLabel("Eviction alert above").fill("77");
  await page.getByLabel("Keep origins for, in days").fill("21");
  await page.getByRole("button", { name: "Save gateway and alerts" }).click();
  await expect(page.getByText("Gateway and alerts saved")).toBeVisible();
  expect(await api.call("GET /settings", {})).toMatchObject({ evictionAlertThreshold: 77, originKeepDays });
  await page.getByRole("button", { name: "Save cutovers and evaluations" }).click();
  await expect(page.getByText("Cutovers and evaluations saved")).toBeVisible();
  const saved = await api.call("GET /settings", {});
  expect(saved).toEqual({ ...before, evictionAlertThreshold: 77, originKeepDays: 21, generation: saved.generation });

  await page.getByLabel("Eviction alert above").fill("78");
  await api.call("PATCH /settings", {
    generation: saved.generation,
    body: { evictionAlertThreshold, originKeepDays },
  });
  await page.getByRole("button", { name: "Save gateway and alerts" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  expect(await api.call("GET /settings", {})).toMatchObject({ evictionAlertThreshold });

  // what was typed can be kept over what the other saved
  await page.getByRole("button", { name: "Apply my changes to the new version" }).click();
  await expect(page.getByLabel("Keep origins for, in days")).toHaveValue(String(originKeepDays));
  await expect(page.getByLabel("Eviction alert above")).toHaveValue("78");
  await page.getByRole("button", { name: "Save gateway and alerts" }).click();
  await expect.poll(async () => (await api.call("GET /settings", {})).evictionAlertThreshold).toBe(78);
  const { generation } = await api.call("GET /settings", {});
  await api.call("PATCH /settings", { generation, body: { evictionAlertThreshold } });
  await page.reload();

  // a link asks before it throws away what was typed
  await page.getByLabel("Eviction alert above").fill("79");
  await page.getByRole("link", { name: "Cutovers", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByLabel("Eviction alert above")).toHaveValue("79");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(page.getByLabel("Eviction alert above")).toHaveValue(String(evictionAlertThreshold));
  await page.getByRole("link", { name: "Cutovers", exact: true }).click();
  await expect(page).toHaveURL(/cutovers/);
});
