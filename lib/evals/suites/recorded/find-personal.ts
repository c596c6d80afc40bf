/** What can be told from its shape alone. `word`: one that the customer named. */
export type PersonalKind = "word" | "secret" | "email" | "url" | "uuid" | "ip" | "iban" | "digits";
export type Personal = { kind: PersonalKind; start: number; end: number; text: string };

/**
 * In the order in which they are tried: what one has claimed no later one looks at. Every repetition is bounded, so that no
 * text makes one of them slow.
 */
const SPELT: readonly (readonly [PersonalKind, RegExp])[] = [
  ["secret", /\b(?:sk|pk|rk|sy|ghp|gho|ghs|github_pat|glpat|xox[abeprs]|AKIA|ASIA|AIza|eyJ)[-_.A-Za-z0-9]{12,2000}/g],
  ["secret", /(?<=\bBearer\s{1,4})[-_.~+/A-Za-z0-9]{8,2000}={0,2}/g],
  ["url", /\b(?:https?|wss?|ftp):\/\/[^\s"'<>()[\]{}]{1,2000}/g],
  ["email", /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu],
  ["uuid", /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi],
  [
    "secret",
    /(?<![-_+/A-Za-z0-9])(?=[-_+/a-z]{0,200}[0-9A-Z])(?=[-_+/A-Z0-9]{0,200}[a-z])(?=[-_+/A-Za-z]{0,200}\d)[-_+/A-Za-z0-9]{32,2000}={0,2}/g,
  ],
  ["ip", /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g],
  ["ip", /(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![0-9a-f:])/gi],
  ["ip", /(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![0-9a-f:])/gi],
  ["iban", /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g],
];
const NUMBERS: readonly RegExp[] = [
  // with thousands set apart by what is in no telephone number; then as people write telephones and cards
  /(?<!\d)\d{1,3}(?:[,'’]\d{3}){1,6}(?:\.\d{1,10})?(?!\d)/g,
  /(?<!\d)\+?\(?\d{1,10}\)?(?:[ ().\-/]{1,2}\d{2,10}){1,7}(?!\d)/g,
  /\d{5,200}/g,
];
const FEWEST_DIGITS = 5;

/** Dates and times are what a calendar's tools are asked with: they stay. */
const MOMENTS =
  /(?<!\d)(?:\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}:\d{2}(?::\d{2})?)(?!\d)/g;

/**
 * Finds what may tell who somebody is, by its shape; overlapping finds are one, the first in order of kinds.
 * What has no shape of its own (names, addresses) is found only where it is among `words`.
 * @param words whole words or phrases, in any letter case @param kept the same, which stay whatever they look like
 */
export function findPersonal(text: string, words: readonly string[], kept: readonly string[] = []): Personal[] {
  const claimed = new Uint8Array(text.length);
  const isFree = (start: number, end: number) => claimed.subarray(start, end).every((one) => one === 0);
  const found: Personal[] = [];
  const take = (kind: PersonalKind | null, pattern: RegExp, within = text) => {
    for (const match of within.matchAll(pattern)) {
      const start = match.index;
      const end = start + match[0].length;
      if (!isFree(start, end) || (kind === "digits" && countDigits(match[0]) < FEWEST_DIGITS)) continue;
      claimed.fill(1, start, end);
      if (kind !== null) found.push({ kind, start, end, text: match[0] });
    }
  };
  for (const word of kept) take(null, wordPattern(word));
  for (const [kind, pattern] of SPELT) take(kind, pattern);
  // after what it may be a part of, such as an address, and before dates, which may be named
  for (const word of words) take("word", wordPattern(word));
  take(null, MOMENTS);
  // a number next to a date is no part of it
  const rest = Array.from({ length: text.length }, (_, at) => (claimed[at] === 0 ? text[at] : "\n")).join("");
  for (const pattern of NUMBERS) take("digits", pattern, rest);
  return found.sort((a, b) => a.start - b.start);
}

const countDigits = (text: string): number => text.replaceAll(/\D/g, "").length;

/** The word as a whole, in any letter case. */
export const wordPattern = (word: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${word.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "giu");
