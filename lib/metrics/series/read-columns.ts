import type { Histogram } from "../histogram.ts";
import type { GaugeSummary, NodeRollup } from "../rollup.ts";
import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";
import { ByteReader } from "./bytes.ts";
import { COUNTER_CODES, GAUGE_CODES, HISTOGRAM_CODES, KNOWN_BOUNDS, namesOf } from "./codes.ts";
import {
  COLUMN_VERSION,
  COUNTERS_FROM,
  type Column,
  type FigureNames,
  GAUGES_FROM,
  HISTOGRAMS_FROM,
  SEEN,
} from "./columns.ts";
import { readCounts } from "./counts.ts";
import { readGauge } from "./pack.ts";

/** Takes what nodes said over steps, in any order; `at` is where a step begins, in Unix milliseconds. */
export type FigureSink = {
  /** What stands for a node in the calls below; -1 = it was not asked about. */
  placeOf(nodeId: string): number;
  seen(place: number, at: number, isSimulated: boolean): void;
  counter(place: number, at: number, name: CounterName, value: number, seconds: number): void;
  gauge(place: number, at: number, name: GaugeName, value: GaugeSummary): void;
  /** @param histogram good until the call returns */
  histogram(place: number, at: number, name: HistogramName, histogram: Histogram): void;
  /** Whether the sum of these nodes is as good as each of them. */
  isOne(places: readonly number[]): boolean;
  histogramOf(places: readonly number[], at: number, name: HistogramName, sum: Histogram): void;
};

const COUNTER_NAMES = namesOf<CounterName>(COUNTER_CODES);
const GAUGE_NAMES = namesOf<GaugeName>(GAUGE_CODES);
const HISTOGRAM_NAMES = namesOf<HistogramName>(HISTOGRAM_CODES);

/** A step as its columns are read, the one that says who was seen first. `places` are the sink's, by the roster's. */
export type ReadStep = { stepSeconds: number; at: number; places: Int32Array; seconds: Float64Array; row: string };

/** @returns a step of which nothing is read yet */
export const beginStep = (stepSeconds: number, at: number, places: Int32Array): ReadStep => ({
  stepSeconds,
  at,
  places,
  row: `columns ${stepSeconds} at ${new Date(at).toISOString()}`,
  seconds: new Float64Array(places.length),
});

/**
 * Tells a sink what one column says of those nodes that were asked about.
 * @throws PackError
 */
export function readColumn({ part, data }: Pick<Column, "part" | "data">, step: ReadStep, sink: FigureSink): void {
  const input = open(data, step.row);
  const { at, places } = step;
  const counter = COUNTER_NAMES.get(part - COUNTERS_FROM);
  const gauge = GAUGE_NAMES.get(part - GAUGES_FROM);
  const histogram = HISTOGRAM_NAMES.get(part - HISTOGRAMS_FROM);
  if (part === SEEN) readSeen(input, step, sink);
  else if (counter !== undefined)
    eachEntry(input, places, (place, node) => {
      const value = input.number();
      if (place >= 0) sink.counter(place, at, counter, value, step.seconds[node] ?? 0);
    });
  else if (gauge !== undefined)
    eachEntry(input, places, (place) => {
      const value = readGauge(input);
      if (place >= 0) sink.gauge(place, at, gauge, value);
    });
  else if (histogram !== undefined) {
    const read = histogramReader(input);
    eachEntry(input, places, (place) => {
      const value = read();
      if (place >= 0) sink.histogram(place, at, histogram, value);
    });
  } else throw input.error(`column ${part} is not known here`);
}

function readSeen(input: ByteReader, { at, places, seconds }: ReadStep, sink: FigureSink): void {
  let ms = 0;
  eachEntry(input, places, (place, node) => {
    const about = input.varint();
    const next = input.varint();
    if (next > 0) ms = next - 1;
    seconds[node] = ms / 1000;
    if (place >= 0) sink.seen(place, at, (about & 1) === 1);
  });
}

function eachEntry(input: ByteReader, places: Int32Array, read: (place: number, node: number) => void): void {
  let next = 0;
  for (let left = input.varint(); left > 0; left -= 1) {
    const node = next + input.varint();
    const place = places[node];
    if (place === undefined) throw input.error(`place ${node} is not on its roster`);
    read(place, node);
    next = node + 1;
  }
  input.end();
}

/**
 * The same of a column's sum.
 * @returns false = it sums nodes that were asked about with others, or nodes that are to be told apart; nothing was told
 * @throws PackError
 */
export function readSum({ part, data }: Pick<Column, "part" | "data">, step: ReadStep, sink: FigureSink): boolean {
  const input = open(data, step.row);
  const { at, places } = step;
  if (part === SEEN) {
    const seen = readPlaces(input, places).asked;
    const simulated = new Set(readPlaces(input, places).asked);
    input.end();
    for (const place of seen) sink.seen(place, at, simulated.has(place));
    return true;
  }
  const name = HISTOGRAM_NAMES.get(part - HISTOGRAMS_FROM);
  if (name === undefined) throw input.error(`column ${part} has no sum`);
  const read = histogramReader(input);
  const told: { asked: readonly number[]; sum: Histogram }[] = [];
  for (let left = input.varint(); left > 0; left -= 1) {
    const { asked, hasOthers } = readPlaces(input, places);
    const sum = read();
    if (asked.length === 0) continue;
    if (hasOthers || !sink.isOne(asked)) return false;
    told.push({ asked, sum: { le: sum.le, counts: [...sum.counts] } });
  }
  input.end();
  for (const { asked, sum } of told) sink.histogramOf(asked, at, name, sum);
  return true;
}

type Places = { asked: readonly number[]; hasOthers: boolean };
/** Nearly always the same nodes answer. */
let lastPlaces: { of: Int32Array; bits: Uint8Array; read: Places } | null = null;

function readPlaces(input: ByteReader, places: Int32Array): Places {
  const bits = input.raw(input.varint());
  if (lastPlaces?.of === places && Buffer.compare(lastPlaces.bits, bits) === 0) return lastPlaces.read;
  const asked: number[] = [];
  let hasOthers = false;
  for (let node = 0; node < bits.length * 8; node += 1) {
    if (((bits[node >> 3] ?? 0) & (1 << (node & 7))) === 0) continue;
    const place = places[node];
    if (place === undefined) throw input.error(`place ${node} is not on its roster`);
    if (place >= 0) asked.push(place);
    else hasOthers = true;
  }
  lastPlaces = { of: places, bits, read: { asked, hasOthers } };
  return lastPlaces.read;
}

function open(bytes: Uint8Array, row: string): ByteReader {
  const input = new ByteReader(bytes, row);
  const version = input.byte();
  if (version !== COLUMN_VERSION) throw input.error(`version ${version} of the layout is not known here`);
  return input;
}

/** What it returns is good until it is called again. */
function histogramReader(input: ByteReader): () => Histogram {
  let le: readonly number[] = [];
  let counts: number[] = [];
  return () => {
    const kind = input.varint();
    if (kind === 0) le = Array.from({ length: boundCount(input) }, () => input.number());
    else if (kind > 1) {
      const known = KNOWN_BOUNDS[kind - 2];
      if (known === undefined) throw input.error(`bounds ${kind} are not known here`);
      le = known;
    }
    if (counts.length !== le.length + 1) counts = new Array(le.length + 1).fill(0);
    return { le, counts: readCounts(input, counts) };
  };
}

function boundCount(input: ByteReader): number {
  const count = input.varint();
  if (count > 10_000) throw input.error(`it says it holds ${count} bounds`);
  return count;
}

/** Tells a sink some figures of one row. */
export function tellRow(
  { nodeId, at, simulated, data }: Pick<NodeRollup, "nodeId" | "at" | "simulated" | "data">,
  names: FigureNames,
  sink: FigureSink,
): void {
  const place = sink.placeOf(nodeId);
  if (place < 0) return;
  const ms = at.getTime();
  sink.seen(place, ms, simulated);
  for (const name of names.counters) {
    const value = data.counters[name];
    if (value !== undefined) sink.counter(place, ms, name, value, data.seconds);
  }
  for (const name of names.gauges) {
    const value = data.gauges[name];
    if (value !== undefined) sink.gauge(place, ms, name, value);
  }
  for (const name of names.histograms) {
    const value = data.histograms[name];
    if (value !== undefined) sink.histogram(place, ms, name, value);
  }
}
