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
  evalReplyDays: string;
  generation: number;
};
export type SettingField = Exclude<keyof SettingsEdit, "generation">;

/** Of the two cards: each saves its own. */
export const GATEWAY_FIELDS: readonly SettingField[] = [
  "tenantHeader",
  "healthCheckInterval",
  "evictionAlertThreshold",
  "swapSourceAlert",
];
export const RELEASE_FIELDS: readonly SettingField[] = [
  "cutoverShadow",
  "cutoverWeights",
  "cutoverMinRequests",
  "cutoverStepMinutes",
  "cutoverSoakMinutes",
  "originKeepDays",
  "evalYieldWaiting",
  "evalYieldDeferred",
  "evalReplyDays",
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
  evalReplyDays: String(settings.evalReplyDays),
  generation: settings.generation,
});

/** A number that is none goes out as it is, and the API says what is wrong with it. */
const toSettings = (edit: SettingsEdit): UpdateSettings => ({
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
  evalReplyDays: numberOf(edit.evalReplyDays),
});

/** What is sent of it. */
export const partOf = (edit: SettingsEdit, fields: readonly SettingField[]): UpdateSettings =>
  Object.fromEntries(Object.entries(toSettings(edit)).filter(([name]) => fields.some((field) => field === name)));

/** Where an edit goes on that began at a generation, after saves that each led from one to a later one. */
export const generationNow = (began: number, saves: ReadonlyMap<number, number>): number => {
  const next = saves.get(began);
  return next === undefined ? began : generationNow(next, saves);
};

/** An empty field is no 0. */
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
