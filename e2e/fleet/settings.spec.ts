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
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(page.getByLabel("Eviction alert above")).toHaveValue(String(evictionAlertThreshold));
});
