import type { Histogram } from "../histogram.ts";
import type { CounterName, GaugeName, HistogramName } from "../node-samples.ts";
import type { NodeRollup, RollupData } from "../rollup.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { COUNTER_CODES, GAUGE_CODES, HISTOGRAM_CODES, KNOWN_BOUNDS, namesOf } from "./codes.ts";
import { readCounts, writeCounts } from "./counts.ts";
import { readGauge, writeGauge } from "./pack.ts";

/** First byte of every column. A later layout gets the next one; readers keep the old. */
const VERSION = 1;

/** Which figures a reader wants of each node. */
export type FigureNames = {
  counters: readonly CounterName[];
  gauges: readonly GaugeName[];
  histograms: readonly HistogramName[];
};

/** One figure of all nodes over one step, so that a chart of it reads nothing else. */
export type Column = { part: number; data: Uint8Array };

/** Which nodes were seen in a step, for how long, and whether they are simulated: every step has one. */
export const SEEN = 0;
const COUNTERS_FROM = 100;
const GAUGES_FROM = 200;
const HISTOGRAMS_FROM = 300;

/** Numbers of the columns that hold some figures. */
export const partsOf = (names: FigureNames): number[] => [
  SEEN,
  ...names.counters.map((name) => COUNTERS_FROM + COUNTER_CODES[name]),
  ...names.gauges.map((name) => GAUGES_FROM + GAUGE_CODES[name]),
  ...names.histograms.map((name) => HISTOGRAMS_FROM + HISTOGRAM_CODES[name]),
];

type Entry = { node: number; row: NodeRollup };

/**
 * Turns the rows of one step into columns.
 * @param roster ids of the nodes, of which a row is known by its place
 */
export function packColumns(rows: readonly NodeRollup[], roster: readonly string[]): Column[] {
  const places = new Map(roster.map((id, place) => [id, place]));
  const entries = rows
    .flatMap((row): Entry[] => {
      const node = places.get(row.nodeId);
      return node === undefined ? [] : [{ node, row }];
    })
    .sort((a, b) => a.node - b.node);
  return [
    { part: SEEN, data: writeSeen(entries) },
    ...columnsOf(entries, COUNTERS_FROM, COUNTER_CODES, "counters", () => (out, value: number) => out.number(value)),
    ...columnsOf(entries, GAUGES_FROM, GAUGE_CODES, "gauges", () => writeGauge),
    ...columnsOf(entries, HISTOGRAMS_FROM, HISTOGRAM_CODES, "histograms", histogramWriter),
  ];
}

function writeSeen(entries: readonly Entry[]): Uint8Array {
  let before = -1;
  return writeColumn(entries, (out, { scrapes, simulated, data }) => {
    out.varint(scrapes * 2 + (simulated ? 1 : 0));
    const ms = Math.round(data.seconds * 1000);
    out.varint(ms === before ? 0 : ms + 1);
    before = ms;
  });
}

function columnsOf<Kind extends "counters" | "gauges" | "histograms", Name extends string & keyof RollupData[Kind]>(
  entries: readonly Entry[],
  from: number,
  codes: Record<Name, number>,
  kind: Kind,
  writer: () => (out: ByteWriter, value: NonNullable<RollupData[Kind][Name]>) => void,
): Column[] {
  return (Object.keys(codes) as Name[]).flatMap((name) => {
    const having = entries.filter(({ row }) => row.data[kind][name] !== undefined);
    if (having.length === 0) return [];
    const write = writer();
    const data = writeColumn(having, (out, row) => {
      const value = row.data[kind][name];
      if (value !== undefined && value !== null) write(out, value);
    });
    return [{ part: from + codes[name], data }];
  });
}

/** Each entry says how many nodes it skips. */
function writeColumn(entries: readonly Entry[], write: (out: ByteWriter, row: NodeRollup) => void): Uint8Array {
  const out = new ByteWriter();
  out.byte(VERSION);
  out.varint(entries.length);
  let next = 0;
  for (const { node, row } of entries) {
    out.varint(node - next);
    write(out, row);
    next = node + 1;
  }
  return out.finish();
}

/** Nearly all nodes have the same bounds: 0 = written out, 1 = those of the entry before, 2 upward = known ones. */
function histogramWriter(): (out: ByteWriter, histogram: Histogram) => void {
  let before: readonly number[] = [];
  return (out, { le, counts }) => {
    const isSame = sameBounds(le, before);
    const known = isSame ? -1 : KNOWN_BOUNDS.findIndex((bounds) => sameBounds(le, bounds));
    out.varint(isSame ? 1 : known < 0 ? 0 : known + 2);
    if (!isSame && known < 0) {
      out.varint(le.length);
      for (const bound of le) out.number(bound);
    }
    before = le;
    writeCounts(out, counts);
  };
}

const sameBounds = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length > 0 && a.length === b.length && a.every((bound, index) => bound === b[index]));

const COUNTER_NAMES = namesOf<CounterName>(COUNTER_CODES);
const GAUGE_NAMES = namesOf<GaugeName>(GAUGE_CODES);
const HISTOGRAM_NAMES = namesOf<HistogramName>(HISTOGRAM_CODES);

/**
 * The rows of one step from its columns.
 * @param columns the one that says who was seen among them, in any order
 * @param roster what the places in them stand for
 * @param isAsked whether a node's row is wanted
 * @throws PackError naming `row`
 */
export function unpackColumns(
  columns: readonly Column[],
  roster: readonly string[],
  step: Pick<NodeRollup, "stepSeconds" | "at">,
  isAsked: (nodeId: string) => boolean,
  row: string,
): NodeRollup[] {
  const rows: (NodeRollup | undefined)[] = new Array(roster.length).fill(undefined);
  const seen = columns.find(({ part }) => part === SEEN);
  if (seen === undefined) return [];
  readSeen(new ByteReader(seen.data, row), roster, step, isAsked, rows);
  for (const { part, data } of columns) if (part !== SEEN) readColumn(new ByteReader(data, row), part, rows);
  return rows.filter((each) => each !== undefined);
}

function readSeen(
  input: ByteReader,
  roster: readonly string[],
  step: Pick<NodeRollup, "stepSeconds" | "at">,
  isAsked: (nodeId: string) => boolean,
  rows: (NodeRollup | undefined)[],
): void {
  let ms = 0;
  eachEntry(input, (node) => {
    const about = input.varint();
    const next = input.varint();
    if (next > 0) ms = next - 1;
    const nodeId = roster[node];
    if (nodeId === undefined) throw input.error(`place ${node} is not on its roster`);
    if (!isAsked(nodeId)) return;
    const data = { seconds: ms / 1000, counters: {}, gauges: {}, histograms: {} };
    rows[node] = { nodeId, ...step, scrapes: about >> 1, simulated: (about & 1) === 1, data };
  });
}

function readColumn(input: ByteReader, part: number, rows: readonly (NodeRollup | undefined)[]): void {
  const counter = COUNTER_NAMES.get(part - COUNTERS_FROM);
  const gauge = GAUGE_NAMES.get(part - GAUGES_FROM);
  const histogram = HISTOGRAM_NAMES.get(part - HISTOGRAMS_FROM);
  if (counter !== undefined)
    eachEntry(input, (node) => {
      const value = input.number();
      const row = rows[node];
      if (row) row.data.counters[counter] = value;
    });
  else if (gauge !== undefined)
    eachEntry(input, (node) => {
      const value = readGauge(input);
      const row = rows[node];
      if (row) row.data.gauges[gauge] = value;
    });
  else if (histogram !== undefined) {
    const read = histogramReader(input);
    eachEntry(input, (node) => {
      const value = read();
      const row = rows[node];
      if (row) row.data.histograms[histogram] = value;
    });
  } else throw input.error(`column ${part} is not known here`);
}

function eachEntry(input: ByteReader, read: (node: number) => void): void {
  const version = input.byte();
  if (version !== VERSION) throw input.error(`version ${version} of the layout is not known here`);
  let next = 0;
  for (let left = input.varint(); left > 0; left -= 1) {
    const node = next + input.varint();
    read(node);
    next = node + 1;
  }
  input.end();
}

function histogramReader(input: ByteReader): () => Histogram {
  let le: readonly number[] = [];
  return () => {
    const kind = input.varint();
    if (kind === 0) le = Array.from({ length: boundCount(input) }, () => input.number());
    else if (kind > 1) {
      const known = KNOWN_BOUNDS[kind - 2];
      if (known === undefined) throw input.error(`bounds ${kind} are not known here`);
      le = known;
    }
    return { le, counts: readCounts(input, le.length + 1) };
  };
}

function boundCount(input: ByteReader): number {
  const count = input.varint();
  if (count > 10_000) throw input.error(`it says it holds ${count} bounds`);
  return count;
}
