import type { Random } from "../random.ts";

/**
 * The part of regular expressions that a tool's schema may use: letters, classes, groups with alternatives, and counts.
 * Look-arounds, back references and an unbounded count inside another are refused, since a value that almost fits could
 * then keep a processor busy for years. What is left can also be turned round: into an example that fits.
 */
export type Pattern =
  | { kind: "any"; of: Pattern[][] }
  | { kind: "repeat"; what: Pattern; min: number; max: number }
  | Chars;
type Chars = { kind: "chars"; chars: string };

const LENGTH_MAX = 200;
const COUNT_MAX = 100;
/** How often an example repeats what may be repeated without end. */
const UNBOUNDED = 8;

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const WORD = `${LOWER}${LOWER.toUpperCase()}${DIGITS}_`;
const CLASSES: Record<string, string> = { d: DIGITS, w: WORD, s: " " };
const ESCAPED = /[\\^$.*+?()[\]{}|/\-"'#@!%&=:;,<>~` ]/;

class Refused extends Error {}

/** The pattern's parts, or why it is refused. */
export function parsePattern(text: string): { ok: true; pattern: Pattern } | { ok: false; reason: string } {
  if (text.length > LENGTH_MAX) return { ok: false, reason: `is longer than ${LENGTH_MAX} characters` };
  const reader = { text: text.replace(/^\^/, "").replace(/(?<!\\)\$$/, ""), at: 0 };
  try {
    const pattern = readAlternatives(reader);
    if (reader.at < reader.text.length) throw new Refused("has a closing bracket too many");
    if (
      text.replace(/^\^/, "").includes("|") &&
      /^\^|\$$/.test(text) &&
      pattern.kind === "any" &&
      pattern.of.length > 1
    )
      throw new Refused("ties ^ or $ to one alternative only: put the alternatives in brackets");
    return { ok: true, pattern };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.message };
    throw error;
  }
}

type Reader = { text: string; at: number };
const peek = (reader: Reader): string => reader.text.charAt(reader.at);
const take = (reader: Reader): string => reader.text.charAt(reader.at++);

function readAlternatives(reader: Reader): Pattern {
  const of: Pattern[][] = [[]];
  while (reader.at < reader.text.length && peek(reader) !== ")") {
    if (peek(reader) === "|") {
      take(reader);
      of.push([]);
    } else of.at(-1)?.push(readCounted(reader));
  }
  return { kind: "any", of };
}

function readCounted(reader: Reader): Pattern {
  const what = readAtom(reader);
  const count = readCount(reader);
  if (count === null) return what;
  if (peek(reader) === "?" || peek(reader) === "+") throw new Refused("has a lazy or possessive count");
  if (count.max > UNBOUNDED && repeats(what)) throw new Refused("repeats what repeats itself");
  return { kind: "repeat", what, ...count };
}

const repeats = (pattern: Pattern): boolean => {
  switch (pattern.kind) {
    case "chars":
      return false;
    case "repeat":
      return pattern.max > 1;
    case "any":
      return pattern.of.some((sequence) => sequence.some(repeats));
  }
};

function readCount(reader: Reader): { min: number; max: number } | null {
  const sign = peek(reader);
  if (sign === "*" || sign === "+" || sign === "?") {
    take(reader);
    if (sign === "?") return { min: 0, max: 1 };
    return { min: sign === "+" ? 1 : 0, max: Number.POSITIVE_INFINITY };
  }
  const match = /^\{(\d+)(,(\d*))?\}/.exec(reader.text.slice(reader.at));
  if (sign !== "{" || match === null) return null;
  reader.at += match[0].length;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3]);
  if (min > COUNT_MAX || (Number.isFinite(max) && max > COUNT_MAX)) throw new Refused(`counts beyond ${COUNT_MAX}`);
  if (max < min) throw new Refused("counts backwards");
  return { min, max };
}

function readAtom(reader: Reader): Pattern {
  const sign = take(reader);
  if (sign === "(") {
    if (reader.text.startsWith("?:", reader.at)) reader.at += 2;
    else if (peek(reader) === "?") throw new Refused("looks around or names a group");
    const inner = readAlternatives(reader);
    if (take(reader) !== ")") throw new Refused("has an open bracket");
    return inner;
  }
  if (sign === "[") return readClass(reader);
  if (sign === ".") return { kind: "chars", chars: `${LOWER}${DIGITS}` };
  if (sign === "\\") return { kind: "chars", chars: readEscape(reader) };
  if ("*+?{}^$".includes(sign)) throw new Refused(`has ${sign} where nothing precedes it, or inside`);
  return { kind: "chars", chars: sign };
}

function readEscape(reader: Reader): string {
  const sign = take(reader);
  const known = CLASSES[sign];
  if (known !== undefined) return known;
  if (ESCAPED.test(sign)) return sign;
  throw new Refused(`uses \\${sign}`);
}

function readClass(reader: Reader): Pattern {
  if (peek(reader) === "^") throw new Refused("says what a character is not");
  let chars = "";
  while (reader.at < reader.text.length && peek(reader) !== "]") {
    const from = take(reader);
    if (from === "\\") chars += readEscape(reader);
    else if (peek(reader) === "-" && !["]", ""].includes(reader.text.charAt(reader.at + 1))) {
      take(reader);
      chars += range(from, take(reader));
    } else chars += from;
  }
  if (take(reader) !== "]" || chars === "") throw new Refused("has an open or empty class");
  return { kind: "chars", chars };
}

function range(from: string, to: string): string {
  const [low = 0, high = 0] = [from.codePointAt(0), to.codePointAt(0)];
  if (high < low || high - low > 127) throw new Refused(`has the range ${from}-${to}`);
  return String.fromCodePoint(...Array.from({ length: high - low + 1 }, (_, at) => low + at));
}

/** A text that fits the whole pattern. */
export function exampleOf(pattern: Pattern, random: Random): string {
  switch (pattern.kind) {
    case "chars":
      return random.pick([...pattern.chars]);
    case "repeat": {
      const count = random.int(pattern.min, Math.max(pattern.min, Math.min(pattern.max, pattern.min + UNBOUNDED)));
      return Array.from({ length: count }, () => exampleOf(pattern.what, random)).join("");
    }
    case "any":
      return random
        .pick(pattern.of)
        .map((part) => exampleOf(part, random))
        .join("");
  }
}
