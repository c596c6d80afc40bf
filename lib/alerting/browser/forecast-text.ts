import type { FindingBody } from "./finding-schema.ts";

/** A figure of a forecast, as exact as it is: 41, 2, 0.4. */
export const roughly = (value: number): number => (value >= 10 ? Math.round(value) : Number(value.toFixed(1)));

/** The same in words, wherever it is shown. */
export const roundly = (value: number): string => String(roughly(value));

/** Decimal, as all screens show bytes: "1.7 GB". */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

/** "evictions 12 → 0.4 a minute". */
export function forecastText({ what, unit, before, after }: NonNullable<FindingBody["forecast"]>): string {
  const [from, to] = unit === "bytes" ? [bytesText(before), bytesText(after)] : [roundly(before), roundly(after)];
  return `${what.toLowerCase()} ${from} → ${to}${unit === "bytes" ? "" : ` ${unit}`}`;
}
