import { expect, it } from "vitest";
import { settingsEditOf, toSettings } from "./settings-edit.ts";

const saved = {
  tenantHeader: "x-tenant-id",
  healthCheckInterval: 10,
  evictionAlertThreshold: 50,
  swapSourceAlert: null,
  originKeepDays: 14,
  cutoverShadow: false,
  cutoverWeights: [5, 50],
  cutoverMinRequests: 30,
  cutoverStepMinutes: 10,
  cutoverSoakMinutes: 60,
  freezeWindows: [],
  evalYieldWaiting: 4,
  evalYieldDeferred: 0,
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

it("takes weights apart by commas, and no weights for no canary", () => {
  const weightsOf = (cutoverWeights: string) => toSettings({ ...settingsEditOf(saved), cutoverWeights }).cutoverWeights;
  expect(settingsEditOf(saved).cutoverWeights).toBe("5, 50");
  expect(weightsOf(" 1,10 , 60")).toEqual([1, 10, 60]);
  expect(weightsOf("  ")).toEqual([]);
  expect(weightsOf("1, , x")).toEqual([1, Number.NaN, Number.NaN]);
});
