import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";

export type Weekday = WeeklyWindow["from"]["day"];

/** As options of a select, and with a short name for where seven stand in a row. */
export const WEEKDAYS: readonly { value: Weekday; label: string; short: string }[] = [
  { value: "mon", label: "Monday", short: "Mon" },
  { value: "tue", label: "Tuesday", short: "Tue" },
  { value: "wed", label: "Wednesday", short: "Wed" },
  { value: "thu", label: "Thursday", short: "Thu" },
  { value: "fri", label: "Friday", short: "Fri" },
  { value: "sat", label: "Saturday", short: "Sat" },
  { value: "sun", label: "Sunday", short: "Sun" },
];
