import { describeWindow } from "#lib/platform/browser/weekly-window.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";

/** Here once more: the schema that has them, too, would bring its library into every page that says hours. */
const WEEK = [
  "mon",
  "tue",
  "wed",
  "thu",
  "fri",
  "sat",
  "sun",
] as const satisfies readonly WeeklyWindow["from"]["day"][];

/** "Mon–Fri 08:00–18:00 Europe/Berlin"; what is no span of one day stands as it is. */
export function formatHours(hours: readonly WeeklyWindow[]): string {
  const spans = new Map<string, Set<number>>();
  const others: string[] = [];
  for (const window of hours) {
    const { from, to, timeZone } = window;
    if (from.day !== to.day || from.time >= to.time) others.push(describeWindow(window));
    else {
      const span = `${from.time}–${to.time} ${timeZone}`;
      spans.set(span, (spans.get(span) ?? new Set()).add(WEEK.indexOf(from.day)));
    }
  }
  return [...[...spans].map(([span, days]) => `${formatDays(days)} ${span}`), ...others].join(", ");
}

function formatDays(days: ReadonlySet<number>): string {
  const sorted = [...days].sort((a, b) => a - b);
  const runs: number[][] = [];
  for (const day of sorted) {
    const last = runs.at(-1);
    if (last && last.at(-1) === day - 1) last.push(day);
    else runs.push([day]);
  }
  return runs
    .map((run) => [run[0], run.length > 1 ? run.at(-1) : undefined].filter((day) => day !== undefined))
    .map((ends) => ends.map((day) => capitalised(WEEK[day] ?? "")).join("–"))
    .join(", ");
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
