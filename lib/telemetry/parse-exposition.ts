/**
 * Strict reader of the Prometheus text format 0.0.4, as nodes send it. A line that breaks the format fails the whole
 * document: half an answer is not an answer. Pure; nothing is kept between calls but what the caller passes as `memo`.
 */
export type Labels = Readonly<Record<string, string>>;
export type Series = { readonly name: string; readonly labels: Labels };
export type Sample = Series & { readonly value: number };
export type Exposition = {
  readonly samples: readonly Sample[];
  /** Names with a TYPE line: exported, even while they have no sample yet. */
  readonly declared: ReadonlySet<string>;
};

export type ExpositionLimits = { maxSamples: number; maxLineLength: number; maxLabels: number };
/** A node of eight engines sends about 3,000 samples; one that has seen 10^5 label sets is refused, not half read. */
export const DEFAULT_LIMITS: ExpositionLimits = { maxSamples: 50_000, maxLineLength: 65_536, maxLabels: 64 };

export class ExpositionError extends Error {
  /** 1-based. */
  readonly line: number;
  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = "ExpositionError";
    this.line = line;
  }
}

type KnownSeries = Series & { readonly identity: string };
/**
 * Series already read from the same node, by the text before their value: reading labels is most of the work. Adapter
 * names stand in labels and change, so each document leaves behind only what it held itself.
 */
export type SeriesMemo = { known: ReadonlyMap<string, KnownSeries> };
export const createMemo = (): SeriesMemo => ({ known: new Map() });

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const BLANKS = /[ \t]*/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const TIMESTAMP = /^-?\d{1,19}$/;
const COMMENT = /^#[ \t]*(HELP|TYPE)?(?:[ \t]+(\S+))?(?:[ \t]+(.*))?$/;
const TYPES = new Set(["counter", "gauge", "histogram", "summary", "untyped"]);

/**
 * @param unread families whose samples are passed over: not checked, not kept, not counted
 * @param text a whole document; the format wants a line feed after the last line, so a reply cut short is noticed
 * @throws ExpositionError on the first line that is not in the format, on a series given twice, and over the limits
 */
export function parseExposition(
  text: string,
  memo: SeriesMemo = createMemo(),
  limits = DEFAULT_LIMITS,
  unread: ReadonlySet<string> = NONE,
): Exposition {
  const samples: Sample[] = [];
  const known = new Map<string, KnownSeries>();
  const identities = new Set<string>();
  const declared = new Set<string>();
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line += 1;
    const end = text.indexOf("\n", start);
    if (end < 0) throw new ExpositionError(line, "the document ends in the middle of a line");
    if (end - start > limits.maxLineLength) throw new ExpositionError(line, "the line is too long");
    const content = trimBlanks(text.slice(start, end));
    start = end + 1;
    if (content === "") continue;
    if (content.charCodeAt(0) === HASH) {
      checkComment(content, line, declared);
      continue;
    }
    if (isOf(unread, content)) continue;
    if (samples.length >= limits.maxSamples) throw new ExpositionError(line, `more than ${limits.maxSamples} samples`);
    const space = content.lastIndexOf(" ");
    const remembered = space > 0 ? memo.known.get(content.slice(0, space)) : undefined;
    const read = remembered ? { series: remembered, end: space } : readSeries(content, line, limits);
    const { series } = read;
    if (identities.has(series.identity)) throw new ExpositionError(line, `${series.identity} is given twice`);
    identities.add(series.identity);
    if (read.end === space) known.set(content.slice(0, space), series);
    const value = remembered ? readValue(content.slice(space + 1), line) : readTail(content.slice(read.end), line);
    samples.push({ name: series.name, labels: series.labels, value });
  }
  memo.known = known;
  return { samples, declared };
}

const NONE: ReadonlySet<string> = new Set();
const HASH = 35;

/** Whether a line is a sample of one of these families. */
function isOf(families: ReadonlySet<string>, content: string): boolean {
  for (const family of families)
    if (content.startsWith(family) && /^[{ \t]/.test(content.slice(family.length, family.length + 1))) return true;
  return false;
}
const isBlank = (code: number): boolean => code === 32 || code === 9;

/** The format ignores blanks and tabs around a line, nothing else. */
function trimBlanks(content: string): string {
  let from = 0;
  let to = content.length;
  while (from < to && isBlank(content.charCodeAt(from))) from += 1;
  while (to > from && isBlank(content.charCodeAt(to - 1))) to -= 1;
  return from === 0 && to === content.length ? content : content.slice(from, to);
}

/** HELP and TYPE are checked, other comments may say what they like. */
function checkComment(content: string, line: number, declared: Set<string>): void {
  const [, keyword, name, rest] = COMMENT.exec(content) ?? [];
  if (keyword !== "TYPE") return;
  if (name === undefined || rest === undefined || !TYPES.has(rest.trim()))
    throw new ExpositionError(line, "a TYPE line needs a metric name and a known type");
  if (declared.has(name)) throw new ExpositionError(line, `the type of ${name} is given twice`);
  declared.add(name);
}

/** Reads `name{label="value",…}` from the start of a line; `end` is where it stops. */
function readSeries(content: string, line: number, limits: ExpositionLimits): { series: KnownSeries; end: number } {
  const cursor: Cursor = { content, line, at: 0 };
  take(cursor, BLANKS);
  const name = take(cursor, NAME);
  if (name === "") throw new ExpositionError(line, "a metric name was expected");
  const labels: Record<string, string> = {};
  const afterName = cursor.at;
  take(cursor, BLANKS);
  if (content[cursor.at] === "{") readLabels(cursor, labels, limits);
  else cursor.at = afterName;
  return { series: { name, labels, identity: identityOf(name, labels) }, end: cursor.at };
}

type Cursor = { readonly content: string; readonly line: number; at: number };

const take = (cursor: Cursor, pattern: RegExp): string => {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.content)?.[0] ?? "";
  cursor.at += match.length;
  return match;
};

function expectChar(cursor: Cursor, char: string): void {
  take(cursor, BLANKS);
  if (cursor.content[cursor.at] !== char) throw new ExpositionError(cursor.line, `${char} was expected`);
  cursor.at += 1;
}

function readLabels(cursor: Cursor, labels: Record<string, string>, limits: ExpositionLimits): void {
  const names = new Set<string>();
  expectChar(cursor, "{");
  for (;;) {
    take(cursor, BLANKS);
    if (cursor.content[cursor.at] === "}") break;
    if (names.size > 0) {
      expectChar(cursor, ",");
      take(cursor, BLANKS);
      if (cursor.content[cursor.at] === "}") break;
    }
    const name = take(cursor, LABEL_NAME);
    if (name === "") throw new ExpositionError(cursor.line, "a label name was expected");
    if (names.has(name)) throw new ExpositionError(cursor.line, `the label ${name} is given twice`);
    if (names.size >= limits.maxLabels) throw new ExpositionError(cursor.line, `more than ${limits.maxLabels} labels`);
    names.add(name);
    expectChar(cursor, "=");
    expectChar(cursor, '"');
    Object.defineProperty(labels, name, { value: readQuoted(cursor), enumerable: true });
  }
  cursor.at += 1;
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

/** What follows the series: a value, and perhaps a timestamp in ms, which we do not need. */
function readTail(tail: string, line: number): number {
  if (!isBlank(tail.charCodeAt(0))) throw new ExpositionError(line, "a blank and a value were expected");
  const [value = "", timestamp, ...rest] = trimBlanks(tail).split(/[ \t]+/);
  if (rest.length > 0 || (timestamp !== undefined && !TIMESTAMP.test(timestamp)))
    throw new ExpositionError(line, "only a value and a timestamp may follow a series");
  return readValue(value, line);
}

function readValue(text: string, line: number): number {
  if (NUMBER.test(text)) return Number(text);
  switch (text.toLowerCase()) {
    case "nan":
      return Number.NaN;
    case "inf":
    case "+inf":
      return Number.POSITIVE_INFINITY;
    case "-inf":
      return Number.NEGATIVE_INFINITY;
    default:
      throw new ExpositionError(line, `"${text.slice(0, 40)}" is not a number`);
  }
}

/** One text per series, whatever the order of its labels. */
const identityOf = (name: string, labels: Labels): string => {
  const keys = Object.keys(labels);
  if (keys.length === 0) return name;
  return `${name}{${keys
    .sort()
    .map((key) => `${key}=${JSON.stringify(labels[key])}`)
    .join(",")}}`;
};
