import type { Settings, UpdateSettings } from "#lib/pools/browser/settings-schema.ts";

type SettingField = Exclude<keyof Settings, "generation" | "freezeWindows">;

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

/** What is sent of them by a card with these fields. */
export const partOf = (settings: Settings, fields: readonly (keyof UpdateSettings)[]): UpdateSettings =>
  Object.fromEntries(fields.map((field) => [field, settings[field]]));

/** The generation that an edit must send now: the one it began with, moved on by saves of the other cards. */
export const generationNow = (began: number, saves: ReadonlyMap<number, number>): number => {
  const next = saves.get(began);
  return next === undefined ? began : generationNow(next, saves);
};
