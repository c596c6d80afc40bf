import type { Settings, UpdateSettings } from "#lib/pools/browser/settings-schema.ts";

/** What the form holds: texts, "" for no alert on swaps, and the generation that the edit began with. */
export type SettingsEdit = {
  tenantHeader: string;
  healthCheckInterval: string;
  evictionAlertThreshold: string;
  swapSourceAlert: "disk" | "cpu" | "";
  originKeepDays: string;
  cutoverShadow: "yes" | "no";
  /** Percents with commas between them. */
  cutoverWeights: string;
  cutoverMinRequests: string;
  cutoverStepMinutes: string;
  cutoverSoakMinutes: string;
  evalYieldWaiting: string;
  evalYieldDeferred: string;
  generation: number;
};
export const SETTING_FIELDS = [
  "tenantHeader",
  "healthCheckInterval",
  "evictionAlertThreshold",
  "swapSourceAlert",
  "originKeepDays",
  "cutoverShadow",
  "cutoverWeights",
  "cutoverMinRequests",
  "cutoverStepMinutes",
  "cutoverSoakMinutes",
  "evalYieldWaiting",
  "evalYieldDeferred",
];

export const settingsEditOf = (settings: Settings): SettingsEdit => ({
  tenantHeader: settings.tenantHeader,
  healthCheckInterval: String(settings.healthCheckInterval),
  evictionAlertThreshold: String(settings.evictionAlertThreshold),
  swapSourceAlert: settings.swapSourceAlert ?? "",
  originKeepDays: String(settings.originKeepDays),
  cutoverShadow: settings.cutoverShadow ? "yes" : "no",
  cutoverWeights: settings.cutoverWeights.join(", "),
  cutoverMinRequests: String(settings.cutoverMinRequests),
  cutoverStepMinutes: String(settings.cutoverStepMinutes),
  cutoverSoakMinutes: String(settings.cutoverSoakMinutes),
  evalYieldWaiting: String(settings.evalYieldWaiting),
  evalYieldDeferred: String(settings.evalYieldDeferred),
  generation: settings.generation,
});

/** A number that is none goes out as it is, and the API says what is wrong with it. */
export const toSettings = (edit: SettingsEdit): UpdateSettings => ({
  tenantHeader: edit.tenantHeader.trim(),
  healthCheckInterval: numberOf(edit.healthCheckInterval),
  evictionAlertThreshold: numberOf(edit.evictionAlertThreshold),
  swapSourceAlert: edit.swapSourceAlert === "" ? null : edit.swapSourceAlert,
  originKeepDays: numberOf(edit.originKeepDays),
  cutoverShadow: edit.cutoverShadow === "yes",
  cutoverWeights: edit.cutoverWeights.trim() === "" ? [] : edit.cutoverWeights.split(",").map(numberOf),
  cutoverMinRequests: numberOf(edit.cutoverMinRequests),
  cutoverStepMinutes: numberOf(edit.cutoverStepMinutes),
  cutoverSoakMinutes: numberOf(edit.cutoverSoakMinutes),
  evalYieldWaiting: numberOf(edit.evalYieldWaiting),
  evalYieldDeferred: numberOf(edit.evalYieldDeferred),
});

/** An empty field is no 0. */
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
