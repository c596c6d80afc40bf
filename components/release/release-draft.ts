import type { ReleasePolicy } from "#lib/cutover/browser/policy-schema.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";
import { WEEKDAYS, type Weekday } from "../ui/weekdays.ts";

/** The same hours on some days. */
export type Hours = { days: readonly Weekday[]; from: string; to: string; timeZone: string };

/** A policy while it is edited: numbers as they are typed. */
export type ReleaseDraft = Omit<ReleasePolicy, "hours" | "expiryHours" | "reminderHours"> & {
  expiryHours: string;
  /** "" = nobody is reminded. */
  reminderHours: string;
  /** `custom`: set through the API in a way that this form cannot show; kept until it is replaced. */
  hours: { kind: "any" } | ({ kind: "days" } & Hours) | { kind: "custom"; windows: readonly WeeklyWindow[] };
  generation: number;
};

export const RELEASE_FIELDS = [
  "reach",
  "beforeCanary",
  "beforeLive",
  "platformApprover",
  "expiryHours",
  "reminderHours",
  "onSilence",
] as const;

export function draftOf(policy: ReleasePolicy, generation: number): ReleaseDraft {
  const { hours, expiryHours, reminderHours, ...rest } = policy;
  return {
    ...rest,
    hours: hoursOf(hours),
    expiryHours: String(expiryHours),
    reminderHours: reminderHours === null ? "" : String(reminderHours),
    generation,
  };
}

function hoursOf(windows: readonly WeeklyWindow[]): ReleaseDraft["hours"] {
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

/** What is sent; a number that is none becomes one that the server refuses on its field. */
export function policyOf({ generation: _, hours, expiryHours, reminderHours, ...rest }: ReleaseDraft): ReleasePolicy {
  return {
    ...rest,
    hours: windowsOf(hours),
    expiryHours: numberOf(expiryHours),
    reminderHours: reminderHours.trim() === "" ? null : numberOf(reminderHours),
  };
}

const numberOf = (text: string): number => {
  const read = Number(text.trim());
  return text.trim() === "" || Number.isNaN(read) ? 0 : read;
};

function windowsOf(hours: ReleaseDraft["hours"]): WeeklyWindow[] {
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

/** What a form begins with that had no hours. */
export const officeHours = (timeZone: string): ReleaseDraft["hours"] => ({
  kind: "days",
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "08:00",
  to: "18:00",
  timeZone,
});
