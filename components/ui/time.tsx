"use client";

import { formatAbsolute, formatAge, formatRelative, formatStamp, tickOf, type Zone } from "./format-time.ts";
import { useReader } from "./reader.tsx";
import { useHydrated, useNow } from "./use-now.ts";

/** The zone to write times in: the reader's own, or UTC by choice, on the server, or where a page asks for it. */
export function useZone(always?: "utc"): Zone {
  const { preferences } = useReader();
  const hydrated = useHydrated();
  return always === "utc" || preferences.zone === "utc" || !hydrated ? "UTC" : undefined;
}

type TimeProps = {
  /** ISO time. */
  at: string;
  /** "auto": relative under 24 h; "age": how long, without "ago"; "absolute" always. */
  as?: "auto" | "age" | "absolute";
  zone?: "utc";
  className?: string;
};

/** A moment: relative and ticking under a day, absolute after; the whole stamp with its zone on hover and in the DOM. */
export function Time({ at, as = "auto", zone: always, className }: TimeProps) {
  const atMs = Date.parse(at);
  const zone = useZone(always);
  const step = useNow(30_000);
  const now = useNow(tickOf(atMs, step));
  const text =
    as === "age"
      ? formatAge(atMs, now)
      : ((as === "auto" ? formatRelative(atMs, now) : null) ?? formatAbsolute(atMs, now, zone));
  return (
    <time dateTime={at} title={formatStamp(atMs, zone)} className={className} suppressHydrationWarning>
      {text}
    </time>
  );
}
