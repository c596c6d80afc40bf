"use client";

import { describeWindow, nextWindow, windowInForce } from "#lib/platform/browser/weekly-window.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";
import { Notice } from "./card.tsx";
import { Time } from "./time.tsx";
import { useNow } from "./use-now.ts";

/** What the freeze windows of cutovers say now: one is in force until when, or when the next begins. Nothing without any. */
export function FreezeWindowLine({ windows }: { windows: readonly WeeklyWindow[] }) {
  const now = new Date(useNow(30_000));
  const inForce = windowInForce(windows, now);
  if (inForce) {
    return (
      <Notice tone="warn">
        <p role="status">
          Freeze window {describeWindow(inForce.which)} is active
          {inForce.until && (
            <>
              {" "}
              until <Time at={inForce.until.toISOString()} as="absolute" />
            </>
          )}
          : no cutover starts or advances. Guards keep running, and you can always roll back.
        </p>
      </Notice>
    );
  }
  const next = nextWindow(windows, now);
  if (next === null) return null;
  return (
    <p className="text-sm text-fg-2">
      Next freeze window: {describeWindow(next.which)}, begins <Time at={next.from.toISOString()} />.
    </p>
  );
}
