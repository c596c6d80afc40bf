import { WEEKDAYS, type Weekday } from "#components/ui/weekdays.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";

/** A weekend by the clock of the person who adds it. */
export const newWindow = (): WeeklyWindow => ({
  from: { day: "fri", time: "16:00" },
  to: { day: "mon", time: "08:00" },
  timeZone: new Intl.DateTimeFormat("en-US").resolvedOptions().timeZone,
});

export const dayOf = (text: string): Weekday => WEEKDAYS.find(({ value }) => value === text)?.value ?? "mon";
