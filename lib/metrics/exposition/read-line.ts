import { ExpositionError, type ExpositionFormat, type ExpositionLimits, type Labels } from "./exposition.ts";
import { readNumber } from "./read-number.ts";

/** What one line of a sample says; `end` is where the series stops and its blank begins. */
export type SampleLine = { name: string; labels: Labels; value: number; end: number };
type Cursor = { readonly content: string; readonly line: number; readonly format: ExpositionFormat; at: number };

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const BLANKS = /[ \t]*/y;
/** Milliseconds in the classic format, seconds in OpenMetrics. */
const TIMESTAMP: Record<ExpositionFormat, RegExp> = {
  classic: /^-?\d{1,19}$/,
  openmetrics: /^-?\d{1,19}(?:\.\d{1,9})?(?:[eE][+-]?\d{1,3})?$/,
};
/** OpenMetrics allows an example on what counts, nowhere else. */
const WITH_EXEMPLAR = /(?:_bucket|_total)$/;

/**
 * Reads `name{label="value",…} value [timestamp] [# {…} exemplar]` with all checks; the slow way, for lines not seen before.
 * The timestamp and the exemplar are checked and dropped: our own clock counts.
 * @throws ExpositionError
 */
export function readSampleLine(
  content: string,
  line: number,
  format: ExpositionFormat,
  limits: ExpositionLimits,
): SampleLine {
  const cursor: Cursor = { content, line, format, at: 0 };
  const name = take(cursor, NAME);
  if (name === "") throw new ExpositionError(line, "a metric name was expected");
  const afterName = cursor.at;
  skipBlanks(cursor);
  const isLabelled = content[cursor.at] === "{";
  if (!isLabelled) cursor.at = afterName;
  const labels = isLabelled ? readLabels(cursor, limits) : {};
  return { name, labels, end: cursor.at, value: readTail(cursor, name, limits) };
}

const take = (cursor: Cursor, pattern: RegExp): string => {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.content)?.[0] ?? "";
  cursor.at += match.length;
  return match;
};

/** OpenMetrics has no blanks but those it names. */
const skipBlanks = (cursor: Cursor): void => {
  if (cursor.format === "classic") take(cursor, BLANKS);
};

function expectChar(cursor: Cursor, char: string): void {
  skipBlanks(cursor);
  if (cursor.content[cursor.at] !== char) throw new ExpositionError(cursor.line, `${char} was expected`);
  cursor.at += 1;
}

function readLabels(cursor: Cursor, limits: ExpositionLimits): Labels {
  const labels: Record<string, string> = {};
  const names = new Set<string>();
  expectChar(cursor, "{");
  for (;;) {
    skipBlanks(cursor);
    if (cursor.content[cursor.at] === "}") break;
    if (names.size > 0) {
      expectChar(cursor, ",");
      skipBlanks(cursor);
      if (cursor.content[cursor.at] === "}" && cursor.format === "classic") break;
    }
    const name = take(cursor, LABEL_NAME);
    if (name === "") throw new ExpositionError(cursor.line, "a label name was expected");
    if (names.has(name)) throw new ExpositionError(cursor.line, `the label ${name} is given twice`);
    if (names.size >= limits.maxLabels) throw new ExpositionError(cursor.line, `more than ${limits.maxLabels} labels`);
    names.add(name);
    expectChar(cursor, "=");
    expectChar(cursor, '"');
    const value = readQuoted(cursor);
    // "__proto__" is a label name like any other
    if (name === "__proto__") Object.defineProperty(labels, name, { value, enumerable: true });
    else labels[name] = value;
  }
  cursor.at += 1;
  return labels;
}

/** The text up to the closing quote; only `\\`, `\"` and `\n` may be escaped. */
function readQuoted(cursor: Cursor): string {
  let value = "";
  for (let from = cursor.at; ; ) {
    const char = cursor.content[cursor.at];
    if (char === undefined) throw new ExpositionError(cursor.line, "a label value has no closing quote");
    if (char !== '"' && char !== "\\") {
      cursor.at += 1;
      continue;
    }
    value += cursor.content.slice(from, cursor.at);
    if (char === '"') {
      cursor.at += 1;
      return value;
    }
    value += unescaped(cursor);
    cursor.at += 2;
    from = cursor.at;
  }
}

const unescaped = (cursor: Cursor): string => {
  switch (cursor.content[cursor.at + 1]) {
    case "n":
      return "\n";
    case "\\":
      return "\\";
    case '"':
      return '"';
    default:
      throw new ExpositionError(cursor.line, "a label value holds an unknown escape");
  }
};

/** What follows the series: a value, perhaps a timestamp, and in OpenMetrics perhaps an exemplar. */
function readTail(cursor: Cursor, name: string, limits: ExpositionLimits): number {
  const { content, line, format } = cursor;
  const hash = format === "openmetrics" ? content.indexOf(" # ", cursor.at) : -1;
  const tail = content.slice(cursor.at, hash < 0 ? content.length : hash);
  if (hash >= 0) {
    if (!WITH_EXEMPLAR.test(name))
      throw new ExpositionError(line, "an exemplar is only given to a bucket or a counter");
    cursor.at = hash + 3;
    readLabels(cursor, limits);
    readValues(cursor, content.slice(cursor.at));
  }
  return readValues(cursor, tail);
}

/** A blank, a value, and perhaps a timestamp. */
function readValues({ line, format }: Cursor, tail: string): number {
  const blank = tail.charCodeAt(0);
  if (blank !== 32 && (blank !== 9 || format === "openmetrics"))
    throw new ExpositionError(line, "a blank and a value were expected");
  const parts = format === "classic" ? tail.split(/[ \t]+/).slice(1) : tail.slice(1).split(" ");
  const [text = "", timestamp, ...rest] = parts;
  if (rest.length > 0 || (timestamp !== undefined && !TIMESTAMP[format].test(timestamp)))
    throw new ExpositionError(line, "only a value and a timestamp may follow a series");
  const value = readNumber(text);
  if (value === null) throw new ExpositionError(line, `"${text.slice(0, 40)}" is not a number`);
  return value;
}
