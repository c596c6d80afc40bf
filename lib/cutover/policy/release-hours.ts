import { describeInstant, nextWindow, windowInForce } from "#lib/platform/browser/weekly-window.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";

/** Why it is not the time to release, and when it is; null = it is. No hours at all are all hours. */
export function outsideHours(hours: readonly WeeklyWindow[], now: Date): string | null {
  if (hours.length === 0 || windowInForce(hours, now) !== null) return null;
  const next = nextWindow(hours, now);
  if (next === null) return "Waits for the hours of its release policy.";
  const { which, from } = next;
  const at = describeInstant(from, which.timeZone);
  return `Waits for the hours of its release policy: ${at} ${which.timeZone}.`;
}
