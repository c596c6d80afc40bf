import { WEEKDAYS, type Weekday } from "#components/ui/weekdays.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";
import type { Settings } from "#lib/pools/browser/settings-schema.ts";

/** A window of the form; the key stays while others come and go. */
export type WindowRow = { key: number; window: WeeklyWindow };
/** With the generation that the edit began with. */
export type WindowsEdit = { rows: readonly WindowRow[]; generation: number };

export const windowsEditOf = ({ freezeWindows, generation }: Settings): WindowsEdit => ({
  rows: freezeWindows.map((window, key) => ({ key, window })),
  generation,
});

/** A weekend by the clock of whoever adds it. */
export const newWindow = (rows: readonly WindowRow[]): WindowRow => ({
  key: Math.max(-1, ...rows.map(({ key }) => key)) + 1,
  window: {
    from: { day: "fri", time: "16:00" },
    to: { day: "mon", time: "08:00" },
    timeZone: new Intl.DateTimeFormat("en-US").resolvedOptions().timeZone,
  },
});

export const dayOf = (text: string): Weekday => WEEKDAYS.find(({ value }) => value === text)?.value ?? "mon";

const WINDOWS_MAX = 20;

/** Every field of the API that stands beside one of the form's. */
export const windowFields: readonly string[] = [
  "freezeWindows",
  ...Array.from({ length: WINDOWS_MAX }, (_, index) =>
    ["from", "from.time", "to", "to.time", "timeZone"].map((field) => `freezeWindows.${index}.${field}`),
  ).flat(),
];
