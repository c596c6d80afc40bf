/**
 * Strict reader of Prometheus text 0.0.4 and OpenMetrics text 1.0, as nodes send them. A line that breaks the format fails
 * the whole document: half an answer is not an answer. Pure; nothing is kept between calls but what the caller passes as
 * `cache`.
 */
import { checkComment } from "./check-comment.ts";
import {
  DEFAULT_LIMITS,
  type Exposition,
  ExpositionError,
  type ExpositionFormat,
  type ExpositionLimits,
  type Sample,
} from "./exposition.ts";
import { readSampleLine } from "./read-line.ts";
import { isPlainNumber, readNumber, readPlainCount } from "./read-number.ts";
import {
  beginDocument,
  clearCache,
  createSeriesCache,
  identityOf,
  type KnownSeries,
  knownSeries,
  type SeriesCache,
  trimCache,
} from "./series-cache.ts";

export type ParseOptions = {
  format?: ExpositionFormat;
  cache?: SeriesCache;
  limits?: ExpositionLimits;
  /**
   * Families that gather series without end and whose value says when each was true: only the one with the largest value is
   * read. The others are neither counted nor compared.
   */
  latestOnly?: ReadonlySet<string>;
};

/**
 * @param text a whole document. The classic format wants a line feed after the last line and OpenMetrics `# EOF`, so a
 * reply cut short is noticed; a classic one that is cut between two lines only HTTP's framing can tell
 * @throws ExpositionError on the first line that is not in the format, on a series given twice, and over the limits
 */
export function parseExposition(text: string, options: ParseOptions = {}): Exposition {
  const cache = options.cache ?? createSeriesCache();
  const format = options.format ?? "classic";
  beginDocument(cache, format);
  const document: Document = {
    text,
    format,
    limits: options.limits ?? DEFAULT_LIMITS,
    latestOnly: options.latestOnly ?? NONE,
    cache,
    samples: [],
    declared: new Set(),
    latest: new Map(),
    comments: 0,
    series: 0,
    last: null,
  };
  try {
    readLines(document);
    for (const { content, line } of document.latest.values()) addLatest(document, content, line);
  } catch (error) {
    clearCache(cache); // of a node that sends anything it likes nothing is kept
    throw error;
  }
  if (document.last) document.last.next = null;
  trimCache(cache, document.series, document.comments);
  return { samples: document.samples, declared: document.declared };
}

type Document = Required<Omit<ParseOptions, "cache">> & {
  readonly text: string;
  readonly cache: SeriesCache;
  readonly samples: Sample[];
  readonly declared: Set<string>;
  readonly latest: Map<string, { content: string; line: number; value: number }>;
  comments: number;
  series: number;
  /** The series before this line. */
  last: KnownSeries | null;
};

const NONE: ReadonlySet<string> = new Set();
const [LINE_FEED, HASH, SPACE, BRACE] = [10, 35, 32, 123];
const END = "# EOF";
/** No number that a program writes is longer. */
const LONGEST_VALUE = 32;

function readLines(document: Document): void {
  const { text, format, limits } = document;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line += 1;
    let end = readExpected(document, start, line);
    if (end < 0) {
      end = text.indexOf("\n", start);
      if (format === "openmetrics" && isEnd(text, start, end, line)) return;
      if (end < 0) throw new ExpositionError(line, "the document ends in the middle of a line");
      if (end - start > limits.maxLineLength) throw new ExpositionError(line, "the line is too long");
      readLine(document, start, end, line);
    }
    start = end + 1;
  }
  if (format === "openmetrics") throw new ExpositionError(line + 1, "the document ends without # EOF");
}

/**
 * Most lines are those of the document before in the same order, with another value: they are compared where they stand.
 * (Comparing a slice is several times as fast as `startsWith`.)
 * @returns where the line ends; -1 = it is another one, or one to read closely
 */
function readExpected(document: Document, start: number, line: number): number {
  const { text, last, limits } = document;
  if (text.charCodeAt(start) === HASH) return readExpectedComment(document, start, line);
  const expected = last?.next;
  if (!expected) return -1;
  const blank = start + expected.text.length;
  if (text.slice(start, blank) !== expected.text || text.charCodeAt(blank) !== SPACE) return -1;
  const end = text.indexOf("\n", blank);
  if (end < 0 || end - start > limits.maxLineLength) return -1;
  const value = readValue(expected, text, blank + 1, end);
  if (value === null) return -1;
  addSample(document, expected, value, line);
  return end;
}

/** Of a series that nobody wants it is enough that there is a number. */
function readValue({ isWanted }: KnownSeries, text: string, from: number, to: number): number | null {
  if (!isWanted && isPlainNumber(text, from, to)) return 0;
  return readPlainCount(text, from, to) ?? readNumber(text.slice(from, to));
}

function readExpectedComment(document: Document, start: number, line: number): number {
  const { text, cache, comments } = document;
  const expected = cache.commentOrder[comments];
  if (expected === undefined) return -1;
  const end = start + expected.length;
  if (text.slice(start, end) !== expected) return -1;
  const names = text.charCodeAt(end) === LINE_FEED ? cache.comments.get(expected) : undefined;
  if (names === undefined) return -1;
  addComment(document, names, line);
  return end;
}

/** @throws ExpositionError when something follows the end */
function isEnd(text: string, start: number, end: number, line: number): boolean {
  if (text.charCodeAt(start) !== HASH || text.slice(start, end < 0 ? text.length : end) !== END) return false;
  if (end >= 0 && end + 1 < text.length) throw new ExpositionError(line + 1, "something follows # EOF");
  return true;
}

function readLine(document: Document, start: number, end: number, line: number): void {
  const { text, cache } = document;
  if (text.charCodeAt(start) === HASH) {
    readComment(document, text.slice(start, end), line);
    return;
  }
  const space = lastSpace(text, start, end);
  const known = space < 0 ? undefined : cache.byText.get(text.slice(start, space));
  const value = known === undefined ? null : readValue(known, text, space + 1, end);
  if (known === undefined || value === null) readNewLine(document, ownCopy(text.slice(start, end)), line);
  else addSample(document, known, value, line);
}

/** Looks back over what may be a value only: a long line without blanks costs no more. */
function lastSpace(text: string, start: number, end: number): number {
  const least = Math.max(start + 1, end - LONGEST_VALUE);
  for (let at = end - 1; at >= least; at -= 1) if (text.charCodeAt(at) === SPACE) return at;
  return -1;
}

/** Engines keep a whole document for a piece cut from it; a cache of pieces must not keep old documents. */
const ownCopy = (piece: string): string => JSON.parse(JSON.stringify(piece)) as string;

function readNewLine(document: Document, raw: string, line: number): void {
  const { format, limits, cache, latestOnly } = document;
  const content = format === "classic" ? trimBlanks(raw) : raw;
  if (content === "") {
    if (format === "openmetrics") throw new ExpositionError(line, "an empty line");
    return;
  }
  if (content.charCodeAt(0) === HASH) {
    readComment(document, content, line);
    return;
  }
  if (latestOnly.size > 0 && latestOnly.has(nameOf(content))) {
    keepLatest(document, content, line);
    return;
  }
  if (document.series >= limits.maxSamples) throw tooMany(limits, line);
  const { name, labels, value, end } = readSampleLine(content, line, format, limits);
  const known = knownSeries(cache, name, labels);
  addSample(document, known, value, line);
  known.text = content.slice(0, end);
  cache.byText.set(known.text, known);
}

function readComment(document: Document, content: string, line: number): void {
  const { format, cache, comments } = document;
  let names = cache.comments.get(content);
  if (names === undefined) {
    names = checkComment(content, line, format);
    cache.comments.set(ownCopy(content), names);
  }
  if (cache.commentOrder.length >= comments) cache.commentOrder[comments] = ownCopy(content);
  addComment(document, names, line);
}

function addComment(document: Document, names: readonly string[], line: number): void {
  const { declared } = document;
  document.comments += 1;
  for (const name of names) {
    if (declared.has(name)) throw new ExpositionError(line, `the type of ${name} is given twice`);
    declared.add(name);
  }
}

function addSample(document: Document, series: KnownSeries, value: number, line: number): void {
  const { cache, samples, last, limits } = document;
  if (document.series >= limits.maxSamples) throw tooMany(limits, line);
  if (series.seen === cache.document)
    throw new ExpositionError(line, `${identityOf(series.name, series.labels)} is given twice`);
  series.seen = cache.document;
  if (last !== null && last.next !== series) last.next = series;
  document.last = series;
  document.series += 1;
  if (series.isWanted) samples.push({ name: series.name, labels: series.labels, value });
}

/** Only the value is read: the labels of all but one are of no interest. */
function keepLatest({ latest }: Document, content: string, line: number): void {
  const value = readNumber(content.slice(content.lastIndexOf(" ") + 1));
  if (value === null) throw new ExpositionError(line, "a blank and a value were expected");
  const name = nameOf(content);
  const best = latest.get(name);
  if (best === undefined || value > best.value) latest.set(name, { content, line, value });
}

function addLatest({ samples, format, limits }: Document, content: string, line: number): void {
  const { name, labels, value } = readSampleLine(content, line, format, limits);
  samples.push({ name, labels, value });
}

function nameOf(content: string): string {
  for (let at = 0; at < content.length; at += 1) {
    const code = content.charCodeAt(at);
    if (code === BRACE || isBlank(code)) return content.slice(0, at);
  }
  return content;
}

const tooMany = ({ maxSamples }: ExpositionLimits, line: number) =>
  new ExpositionError(line, `more than ${maxSamples} samples`);

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** The classic format ignores blanks and tabs around a line, nothing else. */
function trimBlanks(content: string): string {
  let from = 0;
  let to = content.length;
  while (from < to && isBlank(content.charCodeAt(from))) from += 1;
  while (to > from && isBlank(content.charCodeAt(to - 1))) to -= 1;
  return from === 0 && to === content.length ? content : content.slice(from, to);
}
