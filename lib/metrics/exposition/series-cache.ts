import type { ExpositionFormat, Labels, Series } from "./exposition.ts";

/** A series that was read before. */
export type KnownSeries = Series & {
  /** The document it stood in last. */
  seen: number;
  /** As it was written there, up to the blank before its value. */
  text: string;
  /** What followed it there: most documents are in the order of the one before, and comparing is cheaper than hashing. */
  next: KnownSeries | null;
  /** Whether its samples are handed out. */
  readonly isWanted: boolean;
};

/**
 * Series by the text before their value, since reading labels is most of the work of a document. Nodes that run the same
 * send the same series and share one: a hundred caches of their own are a heap of 100 MB that the collector goes through
 * every other scrape. Adapter names stand in labels and change, so it is bounded: after a document it holds that document's
 * series and at most as many others and `SPARE`.
 */
export type SeriesCache = {
  /** Metrics whose samples are wanted; the others are checked and counted, but not handed out. null = all are. */
  readonly only: ReadonlySet<string> | null;
  readonly byText: Map<string, KnownSeries>;
  /** The same series under one text each, whatever the order of its labels was. */
  readonly byIdentity: Map<string, KnownSeries>;
  /** Comment lines that were checked: for `# TYPE` the names it declares, for the others none. */
  readonly comments: Map<string, readonly string[]>;
  /** The comment lines of the last document, in their order. */
  readonly commentOrder: string[];
  /** Counts documents. */
  document: number;
  /** What is fine in one format may not be in the other. */
  format: ExpositionFormat;
};

/** Series that came and went may come again, but not so many that they are worth keeping. */
const SPARE = 256;

export const createSeriesCache = (only: ReadonlySet<string> | null = null): SeriesCache => ({
  only,
  byText: new Map(),
  byIdentity: new Map(),
  comments: new Map(),
  commentOrder: [],
  document: 0,
  format: "classic",
});

export function beginDocument(cache: SeriesCache, format: ExpositionFormat): void {
  if (cache.format !== format) clearCache(cache);
  cache.format = format;
  cache.document += 1;
}

export function clearCache(cache: SeriesCache): void {
  cache.byText.clear();
  cache.byIdentity.clear();
  cache.comments.clear();
  cache.commentOrder.length = 0;
}

/** @param series how many the last document held; @param comments how many comment lines */
export function trimCache(cache: SeriesCache, series: number, comments: number): void {
  cache.commentOrder.length = Math.min(cache.commentOrder.length, comments);
  if (cache.comments.size > comments + SPARE) cache.comments.clear();
  if (cache.byText.size <= 2 * series + SPARE) return;
  for (const [text, { seen }] of cache.byText) if (seen !== cache.document) cache.byText.delete(text);
  for (const [identity, { seen }] of cache.byIdentity) if (seen !== cache.document) cache.byIdentity.delete(identity);
}

/** The one record of a series, made when it is new. */
export function knownSeries(cache: SeriesCache, name: string, labels: Labels): KnownSeries {
  const identity = identityOf(name, labels);
  const known = cache.byIdentity.get(identity) ?? newSeries(name, labels, cache.only?.has(name) ?? true);
  cache.byIdentity.set(identity, known);
  return known;
}

/** Written out: engines are slower with what was put together from parts. */
const newSeries = (name: string, labels: Labels, isWanted: boolean): KnownSeries => ({
  name,
  labels,
  seen: 0,
  text: "",
  next: null,
  isWanted,
});

/** One text per series, whatever the order of its labels. */
export const identityOf = (name: string, labels: Labels): string => {
  const keys = Object.keys(labels);
  if (keys.length === 0) return name;
  return `${name}{${keys
    .sort()
    .map((key) => `${key}=${JSON.stringify(labels[key])}`)
    .join(",")}}`;
};
