"use client";

import { formatDuration } from "../ui/format-time.ts";
import { Time } from "../ui/time.tsx";
import { useHydrated, useNow } from "../ui/use-now.ts";

/** A moment until which something is possible, and how long that is. */
export function Deadline({ at }: { at: string }) {
  const now = useNow(30_000);
  const isHydrated = useHydrated();
  const leftMs = Date.parse(at) - now;
  return (
    <>
      <Time at={at} as="absolute" />
      {isHydrated && (leftMs > 0 ? ` (${formatDuration(leftMs)} left)` : " (over)")}
    </>
  );
}
