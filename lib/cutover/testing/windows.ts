import type { Client } from "#lib/api/client.ts";
import { WEEKDAYS, type WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";

const HOUR_MS = 3_600_000;

/** A window of two hours around now. */
export function windowAround(now: Date): WeeklyWindow {
  const momentAt = (at: Date) => ({
    day: WEEKDAYS[(at.getUTCDay() + 6) % 7] ?? "mon",
    time: at.toISOString().slice(11, 16),
  });
  return {
    from: momentAt(new Date(now.getTime() - HOUR_MS)),
    to: momentAt(new Date(now.getTime() + HOUR_MS)),
    timeZone: "UTC",
  };
}

/** Sets the freeze windows of all cutovers. */
export async function setFreezeWindows(admin: Client, freezeWindows: WeeklyWindow[]): Promise<void> {
  const { generation } = await admin.call("GET /settings", {});
  await admin.call("PATCH /settings", { body: { freezeWindows }, generation });
}
