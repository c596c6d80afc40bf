import type { Settings, UpdateSettings } from "#lib/pools/browser/settings-schema.ts";

/** What the form holds: texts, "" for no alert on swaps, and the generation that the edit began with. */
export type SettingsEdit = {
  tenantHeader: string;
  healthCheckInterval: string;
  evictionAlertThreshold: string;
  swapSourceAlert: "disk" | "cpu" | "";
  originKeepDays: string;
  cutoverMinRequests: string;
  cutoverStepMinutes: string;
  cutoverSoakMinutes: string;
  generation: number;
};
export const SETTING_FIELDS = [
  "tenantHeader",
  "healthCheckInterval",
  "evictionAlertThreshold",
  "swapSourceAlert",
  "originKeepDays",
  "cutoverMinRequests",
  "cutoverStepMinutes",
  "cutoverSoakMinutes",
];

export const settingsEditOf = (settings: Settings): SettingsEdit => ({
  tenantHeader: settings.tenantHeader,
  healthCheckInterval: String(settings.healthCheckInterval),
  evictionAlertThreshold: String(settings.evictionAlertThreshold),
  swapSourceAlert: settings.swapSourceAlert ?? "",
  originKeepDays: String(settings.originKeepDays),
  cutoverMinRequests: String(settings.cutoverMinRequests),
  cutoverStepMinutes: String(settings.cutoverStepMinutes),
  cutoverSoakMinutes: String(settings.cutoverSoakMinutes),
  generation: settings.generation,
});

/** A number that is none goes out as it is, and the API says what is wrong with it. */
export const toSettings = (edit: SettingsEdit): UpdateSettings => ({
  tenantHeader: edit.tenantHeader.trim(),
  healthCheckInterval: numberOf(edit.healthCheckInterval),
  evictionAlertThreshold: numberOf(edit.evictionAlertThreshold),
  swapSourceAlert: edit.swapSourceAlert === "" ? null : edit.swapSourceAlert,
  originKeepDays: numberOf(edit.originKeepDays),
  cutoverMinRequests: numberOf(edit.cutoverMinRequests),
  cutoverStepMinutes: numberOf(edit.cutoverStepMinutes),
  cutoverSoakMinutes: numberOf(edit.cutoverSoakMinutes),
});

/** An empty field is no 0. */
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
