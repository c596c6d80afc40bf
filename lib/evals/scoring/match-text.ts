import type { Matcher } from "../eval-case.ts";

/**
 * The form in which a string is compared under a matcher of its suite. Text that does not have the matcher's shape
 * comes back unchanged, so it equals only itself.
 */
export function matchText(text: string, matcher: Matcher | undefined): string {
  switch (matcher) {
    case undefined:
    case "ignore":
    case "set":
      return text;
    case "iso-instant":
      return instantOf(text) ?? text;
    case "uri":
      return uriOf(text) ?? text;
    default:
      return unknownMatcher(matcher);
  }
}

function unknownMatcher(matcher: never): never {
  throw new TypeError(`unknown matcher ${String(matcher)}`);
}

/** RFC 3339 with an offset, as UTC with the fraction's trailing zeros gone; digits beyond milliseconds are kept. */
function instantOf(text: string): string | null {
  const parts = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/.exec(
    text,
  );
  if (parts === null) return null;
  const [
    ,
    date = "",
    hour = "",
    minute = "",
    second = "",
    fraction = "",
    sign = "+",
    offsetHour = "00",
    offsetMinute = "00",
  ] = parts;
  const local = Date.parse(`${date}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(local) || !isRealDay(date) || Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  const utc = new Date(sign === "-" ? local + offset : local - offset).toISOString().slice(0, 19);
  let end = fraction.length;
  while (end > 0 && fraction[end - 1] === "0") end -= 1;
  return end === 0 ? `${utc}Z` : `${utc}.${fraction.slice(0, end)}Z`;
}

/** `Date.parse` rolls 30 February over into March. */
function isRealDay(date: string): boolean {
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === date;
}

/** WHATWG form: scheme and host in lower case, default port and dot segments gone. */
function uriOf(text: string): string | null {
  return URL.canParse(text) ? new URL(text).href : null;
}
