import { expect, it } from "vitest";
import { settingsEditOf, toSettings } from "./settings-edit.ts";

const saved = {
  tenantHeader: "x-tenant-id",
  healthCheckInterval: 10,
  evictionAlertThreshold: 50,
  swapSourceAlert: null,
  originKeepDays: 14,
  cutoverMinRequests: 30,
  cutoverStepMinutes: 10,
  cutoverSoakMinutes: 60,
  freezeWindows: [],
  generation: 3,
};

it("gives back what it was made from", () => {
  const { generation: _, freezeWindows: __, ...values } = saved;
  expect(toSettings(settingsEditOf(saved))).toEqual(values);
});

it("takes an empty field for no number, never for 0", () => {
  const edit = {
    ...settingsEditOf(saved),
    originKeepDays: " ",
    evictionAlertThreshold: "0",
    swapSourceAlert: "cpu" as const,
  };
  expect(toSettings(edit)).toMatchObject({
    originKeepDays: Number.NaN,
    evictionAlertThreshold: 0,
    swapSourceAlert: "cpu",
  });
});
