/**
 * A span of the week that comes back every week, by the wall clock of one time zone: "Fri 16:00 – Mon 08:00
 * Europe/Berlin". Pure, and free to be imported by every room and by the browser: the freeze windows of cutovers and the
 * release hours of tenants are both lists of these.
 */
import type { WeeklyWindow, WeekMoment } from "./weekly-window-schema.ts";

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
const MONDAY_FIRST = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
/** Further than any change of the clock, Samoa's lost day included. */
const AROUND_MS = 36 * 3_600_000;
/** A run of windows that has not ended by then is taken to have no end. */
const LONGEST_RUN_MS = 2 * WEEK_MS;

export type WindowInForce = {
  /** Of those in force the one that ends last. */
  which: WeeklyWindow;
  /** When none of them is in force any longer; null = they follow each other without an end. */
  until: Date | null;
};

/**
 * Which window is in force, and until when; null = none.
 *
 * A window begins when its zone's clock first reaches `from` and ends when it last passes `to`: of an hour that comes twice
 * it takes both, and a time that the clock skips is the moment of the skip. Windows that touch or overlap count as one.
 */
export function windowInForce(windows: readonly WeeklyWindow[], now: Date): WindowInForce | null {
  const first = lastToEnd(windows, now.getTime());
  if (first === null) return null;
  let { end } = first;
  for (let next = lastToEnd(windows, end); next !== null; next = lastToEnd(windows, end)) {
    end = next.end;
    if (end - now.getTime() > LONGEST_RUN_MS) return { which: first.which, until: null };
  }
  return { which: first.which, until: new Date(end) };
}

/** The window that begins next, and when; of those that are in force already the next time. Null = there is none. */
export function nextWindow(windows: readonly WeeklyWindow[], now: Date): { which: WeeklyWindow; from: Date } | null {
  const coming = windows.flatMap((which) =>
    occurrences(which, now.getTime()).flatMap(({ start }) => (start > now.getTime() ? [{ which, start }] : [])),
  );
  const first = coming.sort((a, b) => a.start - b.start)[0];
  return first === undefined ? null : { which: first.which, from: new Date(first.start) };
}

/** Such as "Fri 16:00 – Mon 08:00 Europe/Berlin". */
export const describeWindow = ({ from, to, timeZone }: WeeklyWindow): string =>
  `${describeMoment(from)} – ${describeMoment(to)} ${timeZone}`;

/** By the window's own clock, whose zone stands beside it: "Mon 30 Nov, 08:00". */
export const describeInstant = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  })
    .format(at)
    .replace(/^(\w+),/, "$1");

const describeMoment = ({ day, time }: WeekMoment): string => `${day.charAt(0).toUpperCase()}${day.slice(1)} ${time}`;

function lastToEnd(windows: readonly WeeklyWindow[], at: number): { which: WeeklyWindow; end: number } | null {
  const inForce = windows.flatMap((which) =>
    occurrences(which, at).flatMap(({ start, end }) => (start <= at && at < end ? [{ which, end }] : [])),
  );
  return inForce.reduce<{ which: WeeklyWindow; end: number } | null>(
    (last, one) => (last === null || one.end > last.end ? one : last),
    null,
  );
}

/** Those of the week before, of this week and of the two after it: one that a change of the clock left empty is not the last. */
function occurrences({ from, to, timeZone }: WeeklyWindow, at: number): { start: number; end: number }[] {
  const monday = mondayOf(wallOf(at, timeZone));
  const [begins, ends] = [sinceMonday(from), sinceMonday(to)];
  const length = ends > begins ? ends - begins : ends - begins + WEEK_MS;
  return [-1, 0, 1, 2].map((week) => {
    const wall = monday + week * WEEK_MS + begins;
    return { start: instantsOf(wall, timeZone).first, end: instantsOf(wall + length, timeZone).last };
  });
}

function sinceMonday({ day, time }: WeekMoment): number {
  const [hours, minutes] = time.split(":").map(Number);
  return MONDAY_FIRST.indexOf(day) * DAY_MS + (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000;
}

/** 1 January 1970 was a Thursday. */
const mondayOf = (wall: number): number => Math.floor((wall + 3 * DAY_MS) / WEEK_MS) * WEEK_MS - 3 * DAY_MS;

const clocks = new Map<string, Intl.DateTimeFormat>();
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** What a zone's clock shows at an instant, as if it were UTC, in ms. */
function wallOf(at: number, timeZone: string): number {
  const shown = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of clockOf(timeZone).formatToParts(at))
    if (type in shown) shown[type as keyof typeof shown] = Number(value);
  const { year, month, day, hour, minute, second } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** When a zone's clock first reaches a time, and when it last passes it: twice where it is set back over that time. */
function instantsOf(wall: number, timeZone: string): { first: number; last: number } {
  const offsetAt = (at: number) => wallOf(at, timeZone) - at;
  const [later, earlier] = [wall - offsetAt(wall - AROUND_MS), wall - offsetAt(wall + AROUND_MS)];
  const hits = [later, earlier].filter((at) => wallOf(at, timeZone) === wall);
  if (hits.length > 0) return { first: Math.min(...hits), last: Math.max(...hits) };
  // the clock skips it: between the two the only step is forward
  let [before, after] = [earlier, later];
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2_000) * 1_000;
    if (wallOf(middle, timeZone) >= wall) after = middle;
    else before = middle;
  }
  return { first: after, last: after };
}
