import { expect, it } from "vitest";
import {
  GATEWAY_FIELDS,
  generationNow,
  partOf,
  RELEASE_FIELDS,
  type SettingsEdit,
  settingsEditOf,
} from "./settings-edit.ts";

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
  evalReplyDays: 180,
  generation: 3,
};

const EVERY_FIELD = [...GATEWAY_FIELDS, ...RELEASE_FIELDS];
const toSettings = (edit: SettingsEdit) => partOf(edit, EVERY_FIELD);

it("gives back what it was made from", () => {
  const { generation: _, freezeWindows: __, ...values } = saved;
  expect(toSettings(settingsEditOf(saved))).toEqual(values);
});

it("sends of a card only its own fields", () => {
  const edit = { ...settingsEditOf(saved), tenantHeader: " x-customer ", originKeepDays: "30" };
  expect(partOf(edit, GATEWAY_FIELDS)).toEqual({
    tenantHeader: "x-customer",
    healthCheckInterval: 10,
    evictionAlertThreshold: 50,
    swapSourceAlert: null,
  });
  expect(partOf(edit, RELEASE_FIELDS)).toMatchObject({ originKeepDays: 30, cutoverSoakMinutes: 60 });
  expect(GATEWAY_FIELDS.filter((field) => RELEASE_FIELDS.includes(field))).toEqual([]);
});

it("goes on from what the cards beside it saved, and from nothing that somebody else did", () => {
  const saves = new Map([
    [3, 4],
    [4, 5],
    [7, 8],
  ]);
  expect([3, 4, 5, 6, 7].map((began) => generationNow(began, saves))).toEqual([5, 5, 5, 6, 8]);
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
