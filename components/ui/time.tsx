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
  /** "auto": relative under 24 h; "age": how long, without "ago"; "as-of": after those words; "absolute" always. */
  as?: "auto" | "age" | "as-of" | "absolute";
  zone?: "utc";
  className?: string;
};

const textOf = (as: NonNullable<TimeProps["as"]>, at: number, now: number, zone: Zone): string => {
  if (as === "age") return formatAge(at, now);
  const relative = as === "absolute" ? null : formatRelative(at, now);
  if (relative === null) return formatAbsolute(at, now, zone);
  return as === "as-of" ? relative.replace("just now", "now") : relative;
};

/** A moment: relative and ticking under a day, absolute after; the whole stamp with its zone on hover and in the DOM. */
export function Time({ at, as = "auto", zone: always, className }: TimeProps) {
  const atMs = Date.parse(at);
  const zone = useZone(always);
  const step = useNow(30_000);
  const now = useNow(tickOf(atMs, step));
  const text = textOf(as, atMs, now, zone);
  return (
    <time dateTime={at} title={formatStamp(atMs, zone)} className={className} suppressHydrationWarning>
      {text}
    </time>
  );
}
