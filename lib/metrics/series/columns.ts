import { addHistograms, type Histogram, sameBounds } from "../histogram.ts";
import type { NodeRollup, RollupData } from "../rollup.ts";
import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";
import { ByteWriter } from "./bytes.ts";
import { COUNTER_CODES, GAUGE_CODES, HISTOGRAM_CODES, KNOWN_BOUNDS } from "./codes.ts";
import { writeCounts } from "./counts.ts";
import { writeGauge } from "./pack.ts";

/** First byte of every column. A later layout gets the next one; readers keep the old. */
export const COLUMN_VERSION = 1;

/** Which figures a reader wants of each node. */
export type FigureNames = {
  counters: readonly CounterName[];
  gauges: readonly GaugeName[];
  histograms: readonly HistogramName[];
};

/**
 * One figure of all nodes over one step, so that a chart of it reads nothing else. `sum`: where nodes can be put together
 * before it is known who asks, they are, and the sum says of whom: charts of all nodes read nothing else.
 */
export type Column = { part: number; data: Uint8Array; sum: Uint8Array | null };

/** Which nodes were seen in a step, for how long, and whether they are simulated: every step has one. */
export const SEEN = 0;
export const COUNTERS_FROM = 100;
export const GAUGES_FROM = 200;
export const HISTOGRAMS_FROM = 300;

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
 * @param groupOf which nodes charts will ask about together; whoever is missing is in a group with the others that are
 */
export function packColumns(
  rows: readonly NodeRollup[],
  roster: readonly string[],
  groupOf: ReadonlyMap<string, string> = new Map(),
): Column[] {
  const places = new Map(roster.map((id, place) => [id, place]));
  const entries = rows
    .flatMap((row): Entry[] => {
      const node = places.get(row.nodeId);
      return node === undefined ? [] : [{ node, row }];
    })
    .sort((a, b) => a.node - b.node);
  return [
    { part: SEEN, data: writeSeen(entries), sum: sumSeen(entries) },
    ...columnsOf(entries, COUNTERS_FROM, COUNTER_CODES, "counters", () => (out, value: number) => out.number(value)),
    ...columnsOf(entries, GAUGES_FROM, GAUGE_CODES, "gauges", () => writeGauge),
    ...columnsOf(entries, HISTOGRAMS_FROM, HISTOGRAM_CODES, "histograms", histogramWriter, (having, name) =>
      sumHistograms(having, name, groupOf),
    ),
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

/** Who was seen, and who of them is simulated. */
function sumSeen(entries: readonly Entry[]): Uint8Array {
  const out = begin();
  writePlaces(out, entries);
  writePlaces(
    out,
    entries.filter(({ row }) => row.simulated),
  );
  return out.finish();
}

/** Of each group, who had it, and its sum. */
function sumHistograms(
  having: readonly Entry[],
  name: HistogramName,
  groupOf: ReadonlyMap<string, string>,
): Uint8Array {
  const groups = new Map<string, Entry[]>();
  for (const entry of having) {
    const group = groupOf.get(entry.row.nodeId) ?? "";
    const own = groups.get(group);
    if (own) own.push(entry);
    else groups.set(group, [entry]);
  }
  const out = begin();
  const write = histogramWriter();
  out.varint(groups.size);
  for (const own of groups.values()) {
    const sum = addHistograms(own.flatMap(({ row }) => row.data.histograms[name] ?? []));
    writePlaces(out, own);
    write(out, sum ?? { le: [], counts: [0] });
  }
  return out.finish();
}

function columnsOf<Kind extends "counters" | "gauges" | "histograms", Name extends string & keyof RollupData[Kind]>(
  entries: readonly Entry[],
  from: number,
  codes: Record<Name, number>,
  kind: Kind,
  writer: () => (out: ByteWriter, value: NonNullable<RollupData[Kind][Name]>) => void,
  sumOf: (having: readonly Entry[], name: Name) => Uint8Array | null = () => null,
): Column[] {
  return (Object.keys(codes) as Name[]).flatMap((name) => {
    const having = entries.filter(({ row }) => row.data[kind][name] !== undefined);
    if (having.length === 0) return [];
    const write = writer();
    const data = writeColumn(having, (out, row) => {
      const value = row.data[kind][name];
      if (value !== undefined && value !== null) write(out, value);
    });
    return [{ part: from + codes[name], data, sum: sumOf(having, name) }];
  });
}

function begin(): ByteWriter {
  const out = new ByteWriter();
  out.byte(COLUMN_VERSION);
  return out;
}

/** Each entry says how many nodes it skips. */
function writeColumn(entries: readonly Entry[], write: (out: ByteWriter, row: NodeRollup) => void): Uint8Array {
  const out = begin();
  out.varint(entries.length);
  let next = 0;
  for (const { node, row } of entries) {
    out.varint(node - next);
    write(out, row);
    next = node + 1;
  }
  return out.finish();
}

/** A bit for each place up to the last one of these. */
function writePlaces(out: ByteWriter, entries: readonly Entry[]): void {
  const bits = new Uint8Array(entries.length === 0 ? 0 : ((entries.at(-1)?.node ?? 0) >> 3) + 1);
  for (const { node } of entries) bits[node >> 3] = (bits[node >> 3] ?? 0) | (1 << (node & 7));
  out.varint(bits.length);
  out.raw(bits);
}

/** Nearly all nodes have the same bounds: 0 = written out, 1 = those of the entry before, 2 upward = known ones. */
function histogramWriter(): (out: ByteWriter, histogram: Histogram) => void {
  let before: readonly number[] = [];
  return (out, { le, counts }) => {
    const isSame = le.length > 0 && sameBounds(le, before);
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
