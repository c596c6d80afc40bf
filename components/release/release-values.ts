import type { ReleasePolicy } from "#lib/cutover/browser/policy-schema.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";
import { WEEKDAYS, type Weekday } from "../ui/weekdays.ts";

/** The same hours on some days. */
export type Hours = { days: readonly Weekday[]; from: string; to: string; timeZone: string };

/** A policy while it is edited: its hours as the form shows them. */
export type ReleaseValues = Omit<ReleasePolicy, "hours"> & {
  /** `custom`: set through the API in a way that this form cannot show; kept until it is replaced. */
  hours: { kind: "any" } | ({ kind: "days" } & Hours) | { kind: "custom"; windows: readonly WeeklyWindow[] };
  generation: number;
};

export const valuesOf = ({ hours, ...rest }: ReleasePolicy, generation: number): ReleaseValues => ({
  ...rest,
  hours: hoursOf(hours),
  generation,
});

function hoursOf(windows: readonly WeeklyWindow[]): ReleaseValues["hours"] {
  const [first] = windows;
  if (first === undefined) return { kind: "any" };
  const { timeZone } = first;
  const [from, to] = [first.from.time, first.to.time];
  const isAlike = windows.every(
    (one) =>
      one.from.day === one.to.day &&
      one.from.time === from &&
      one.to.time === to &&
      one.timeZone === timeZone &&
      from < to,
  );
  if (!isAlike) return { kind: "custom", windows };
  return { kind: "days", days: windows.map((one) => one.from.day), from, to, timeZone };
}

/** What is sent. */
export const policyOf = ({ generation: _, hours, ...rest }: ReleaseValues): ReleasePolicy => ({
  ...rest,
  hours: windowsOf(hours),
});

function windowsOf(hours: ReleaseValues["hours"]): WeeklyWindow[] {
  switch (hours.kind) {
    case "any":
      return [];
    case "custom":
      return [...hours.windows];
    case "days":
      return WEEKDAYS.filter(({ value }) => hours.days.includes(value)).map(({ value: day }) => ({
        from: { day, time: hours.from },
        to: { day, time: hours.to },
        timeZone: hours.timeZone,
      }));
  }
}

/** "In these hours" without a day would be sent as no hours at all, which is any time. */
export const lacksDays = ({ hours }: Pick<ReleaseValues, "hours">): boolean =>
  hours.kind === "days" && hours.days.length === 0;

/** What a form begins with that had no hours. */
export const officeHours = (timeZone: string): ReleaseValues["hours"] => ({
  kind: "days",
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "08:00",
  to: "18:00",
  timeZone,
});
