import type { Bound } from "#lib/http/schema.ts";
/**
 * Numbers as the console writes them (console.md C7). Pure: the locale is an argument, and a unit comes apart from its
 * number so that it can be drawn quieter. A thin no-break space stands between the two.
 */
export const THIN_SPACE = "\u202f";
export const DEFAULT_LOCALE = "en-US";

/** A formatted quantity; `unit` is "" for a bare count. Money carries its symbol in `number` and the period in `unit`. */
export type Quantity = { number: string; unit: string };

export const quantityText = ({ number, unit }: Quantity): string => (unit === "" ? number : number + THIN_SPACE + unit);

const cache = new Map<string, Intl.NumberFormat>();

/** Building an Intl.NumberFormat costs about 50 µs; a table of 200 rows asks for thousands. */
const numberFormat = (locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat => {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(locale, options);
  cache.set(key, made);
  return made;
};

const significant = (value: number, locale: string, minimum = 1): string =>
  numberFormat(locale, { minimumSignificantDigits: minimum, maximumSignificantDigits: 3 }).format(value);

/** Counted things, exact: 12,345. */
export const formatCount = (value: number, locale = DEFAULT_LOCALE): string =>
  numberFormat(locale, { maximumFractionDigits: 0 }).format(value);

/** Anything measured: three significant digits, 3,140 or 0.052. */
export const formatNumber = (value: number, locale = DEFAULT_LOCALE): string => significant(value, locale);

/** As `formatNumber`, and short from ten thousand on, where room is scarce: 75K. */
export const formatShort = (value: number, locale = DEFAULT_LOCALE): string =>
  Math.abs(value) < 10_000
    ? significant(value, locale)
    : numberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 }).format(value);

/** Picks the first step whose rounded value stays below the next one, so that 999.9 kB never reads "1,000 kB". */
const scaled = (value: number, units: readonly string[], base: number): { value: number; unit: string } => {
  let index = 0;
  let rest = value;
  while (index < units.length - 1 && Number(Math.abs(rest).toPrecision(3)) >= base) {
    rest /= base;
    index += 1;
  }
  return { value: rest, unit: units[index] ?? "" };
};

/** Decimal bytes: 42.0 MB. Whole bytes below 1 kB. */
export const formatBytes = (bytes: number, locale = DEFAULT_LOCALE): Quantity => {
  const { value, unit } = scaled(bytes, ["B", "kB", "MB", "GB", "TB", "PB"], 1000);
  return { number: unit === "B" ? formatCount(value, locale) : significant(value, locale, 3), unit };
};

/** The exact size, for the hover: 41,975,808 B. */
export const formatBytesExact = (bytes: number, locale = DEFAULT_LOCALE): string =>
  quantityText({ number: formatCount(bytes, locale), unit: "B" });

/** Latency in milliseconds: 470 ms, and from one second on 1.24 s. */
export const formatLatency = (ms: number, locale = DEFAULT_LOCALE): Quantity => {
  const { value, unit } = scaled(ms, ["ms", "s"], 1000);
  return { number: significant(value, locale, unit === "s" ? 3 : 1), unit };
};

/**
 * A ratio as a share: 0.5 %, two digits below 0.1 %. It never rounds to a certainty that was not seen: 0.9999 reads
 * "> 99.9 %" and 0.000001 "< 0.001 %".
 */
export const formatShare = (ratio: number, locale = DEFAULT_LOCALE): Quantity => {
  const percent = ratio * 100;
  const one = numberFormat(locale, { maximumFractionDigits: 1 });
  if (percent > 0 && percent < 0.001) return { number: `<${THIN_SPACE}${formatNumber(0.001, locale)}`, unit: "%" };
  if (percent > 0 && percent < 0.1) {
    return { number: numberFormat(locale, { maximumSignificantDigits: 2 }).format(percent), unit: "%" };
  }
  if (percent > 99.9 && percent < 100) return { number: `>${THIN_SPACE}${one.format(99.9)}`, unit: "%" };
  return { number: one.format(percent), unit: "%" };
};

/** The count that must stand beside a share of fewer than 1,000 ("1 of 200"); null when the share speaks for itself. */
export const formatShareCount = (seen: number, of: number, locale = DEFAULT_LOCALE): string | null =>
  of < 1000 ? `${formatCount(seen, locale)} of ${formatCount(of, locale)}` : null;

/** Money with its period: $1,200 / month. `currency` is an ISO 4217 code. Whole units from 100 on; never zero for a little. */
export const formatMoney = (value: number, currency: string, per = "", locale = DEFAULT_LOCALE): Quantity => {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2;
  const format = numberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const isBelowACent = value > 0 && value < 0.005; // "$0.00" would read as nothing
  const number = isBelowACent ? `<${THIN_SPACE}${format.format(0.01)}` : format.format(value);
  return { number, unit: per === "" ? "" : `/ ${per}` };
};

const MONEY_UNIT = /^([A-Z]{3})(?:\/(.+))?$/;

/**
 * One value in the unit a `Measurement` carries: `ms`, `s`, `bytes`, `bytes/s`, `ratio`, `count`, `USD/month` and the like,
 * or any other word ("tok/s", "evictions/min"), which is kept as it is.
 */
export const formatUnit = (value: number, unit: string, locale = DEFAULT_LOCALE): Quantity => {
  switch (unit) {
    case "ms":
      return formatLatency(value, locale);
    case "s":
      return formatLatency(value * 1000, locale);
    case "bytes":
      return formatBytes(value, locale);
    case "bytes/s": {
      const bytes = formatBytes(value, locale);
      return { number: bytes.number, unit: `${bytes.unit}/s` };
    }
    case "ratio":
      return formatShare(value, locale);
    case "count":
    case "":
      return { number: Number.isInteger(value) ? formatCount(value, locale) : formatNumber(value, locale), unit: "" };
    default: {
      const money = MONEY_UNIT.exec(unit);
      if (money?.[1] !== undefined) return formatMoney(value, money[1], money[2] ?? "", locale);
      return { number: formatNumber(value, locale), unit: spacedRate(unit) };
    }
  }
};

/** "evictions/min" → "evictions / min"; the short forms "tok/s" and "req/s" stay closed. */
const spacedRate = (unit: string): string => unit.replace(/^(\w{4,}[\w ]*)\/(\w+)$/, "$1 / $2");

/** A value that is only a bound, as it is read: "≤ 300 ms", "> 7,680 s". */
export const boundedText = (text: string, bound: Bound | null | undefined): string => {
  switch (bound) {
    case "at_most":
      return `\u2264${THIN_SPACE}${text}`;
    case "more_than":
      return `>${THIN_SPACE}${text}`;
    case null:
    case undefined:
      return text;
  }
};

/** How far off a value may be, either way, as a share of it: 0.05 → "±5 %". */
export const marginText = (share: number): string => `\u00b1${Number((share * 100).toPrecision(2))}${THIN_SPACE}%`;

/** A change with its sign, always read beside its reference: "+60 ms". */
export const formatChange = (delta: number, unit: string, locale = DEFAULT_LOCALE): string => {
  const sign = delta > 0 ? "+" : delta < 0 ? "\u2212" : "\u00b1";
  return sign + quantityText(formatUnit(Math.abs(delta), unit, locale));
};

/** Ids and digests, shortened in the middle: `ten_0198…5e6f`. What is short enough stays whole. */
export const shortenId = (id: string): string => {
  const prefix = /^[a-z0-9]+[_:]/.exec(id)?.[0] ?? "";
  const body = id.slice(prefix.length);
  return body.length <= 12 ? id : `${prefix}${body.slice(0, 4)}\u2026${body.slice(-4)}`;
};
