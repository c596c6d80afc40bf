import type { SettingValues } from "./settings-schema.ts";

/** What holds until an admin changes it. */
export const DEFAULT_VALUES: SettingValues = {
  tenantHeader: "x-tenant-id",
  healthCheckInterval: 10,
  evictionAlertThreshold: 50,
  swapSourceAlert: "disk",
  originKeepDays: 14,
  cutoverShadow: true,
  cutoverWeights: [1, 5, 25, 50],
  cutoverMinRequests: 30,
  cutoverStepMinutes: 10,
  cutoverSoakMinutes: 60,
  freezeWindows: [],
  evalYieldWaiting: 4,
  evalYieldDeferred: 0,
  evalReplyDays: 180,
};
