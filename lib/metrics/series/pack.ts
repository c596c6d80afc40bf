import { type Histogram, sameBounds } from "../histogram.ts";
import type { GaugeSummary, Look, RollupData } from "../rollup.ts";
import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { COUNTER_CODES, GAUGE_CODES, HISTOGRAM_CODES, KNOWN_BOUNDS, namesOf } from "./codes.ts";
import type { FigureNames } from "./columns.ts";
import { readCounts, skipCounts, writeCounts } from "./counts.ts";

/** First byte of every row. A later layout gets the next one; readers keep the old. */
const VERSION = 1;

/** What one node said in one tick: what was added since the look before, or why there is nothing. */
export type TickLook =
  | {
      nodeId: string;
      epoch: number;
      simulated: boolean;
      ok: true;
      /** The increase, added to the look before, gives this look: the next scraper may count on over it. */
      addsUp: boolean;
      increase: RollupData;
    }
  | { nodeId: string; epoch: number; simulated: boolean; ok: false; error: string };

/** One scrape of all nodes. */
export function packTick(looks: readonly TickLook[]): Uint8Array {
  const out = begin();
  out.varint(looks.length);
  for (const look of looks) {
    out.byte((look.ok ? 1 : 0) + (look.simulated ? 2 : 0) + (look.ok && look.addsUp ? 4 : 0));
    writeNodeId(out, look.nodeId);
    out.varint(look.epoch);
    if (look.ok) writeRollup(out, look.increase);
    else out.text(look.error);
  }
  return out.finish();
}

/**
 * @param row names the row in errors
 * @param wanted the figures to unpack; null = all
 * @throws PackError
 */
export function unpackTick(bytes: Uint8Array, row: string, wanted: FigureNames | null = null): TickLook[] {
  const input = open(bytes, row);
  const looks = Array.from({ length: countOf(input) }, (): TickLook => {
    const flags = input.byte();
    const nodeId = readNodeId(input);
    const epoch = input.varint();
    const simulated = (flags & 2) !== 0;
    return (flags & 1) !== 0
      ? { nodeId, epoch, simulated, ok: true, addsUp: (flags & 4) !== 0, increase: readRollup(input, wanted) }
      : { nodeId, epoch, simulated, ok: false, error: input.text() };
  });
  input.end();
  return looks;
}

/** What happened on one node in one step. */
export function packRollup(data: RollupData): Uint8Array {
  const out = begin();
  writeRollup(out, data);
  return out.finish();
}

/** @throws PackError */
export function unpackRollup(bytes: Uint8Array, row: string): RollupData {
  const input = open(bytes, row);
  const data = readRollup(input, null);
  input.end();
  return data;
}

type Samples = Look["samples"];

/** What a node said last, without who tells of its tiers. */
export function packSamples({ startedAt, counters, gauges, histograms }: Samples): Uint8Array {
  const out = begin();
  out.number(startedAt ?? Number.NaN);
  writeFigures(out, COUNTER_CODES, counters, (value) => out.number(value));
  writeFigures(out, GAUGE_CODES, gauges, (value) => out.number(value));
  writeFigures(out, HISTOGRAM_CODES, histograms, (value) => writeHistogram(out, value));
  return out.finish();
}

/** @throws PackError */
export function unpackSamples(bytes: Uint8Array, row: string): Samples {
  const input = open(bytes, row);
  const startedAt = input.number();
  const samples = {
    startedAt: Number.isNaN(startedAt) ? null : startedAt,
    counters: readFigures(input, COUNTERS, () => input.number()),
    gauges: readFigures(input, GAUGES, () => input.number()),
    histograms: readFigures(input, HISTOGRAMS, () => readHistogram(input)),
  };
  input.end();
  return samples;
}

const COUNTERS = namesOf<CounterName>(COUNTER_CODES);
const GAUGES = namesOf<GaugeName>(GAUGE_CODES);
const HISTOGRAMS = namesOf<HistogramName>(HISTOGRAM_CODES);

function begin(): ByteWriter {
  const out = new ByteWriter();
  out.byte(VERSION);
  return out;
}

function open(bytes: Uint8Array, row: string): ByteReader {
  const input = new ByteReader(bytes, row);
  const version = input.byte();
  if (version !== VERSION) throw input.error(`version ${version} of the layout is not known here`);
  return input;
}

/** Everything takes a byte at least, so a count that says more than there are bytes is found before room is made. */
function countOf(input: ByteReader): number {
  const count = input.varint();
  if (count > 1_000_000) throw input.error(`it says it holds ${count} entries`);
  return count;
}

function writeRollup(out: ByteWriter, { seconds, counters, gauges, histograms }: RollupData): void {
  out.number(toMs(seconds));
  writeFigures(out, COUNTER_CODES, counters, (value) => out.number(value));
  writeFigures(out, GAUGE_CODES, gauges, (value) => writeGauge(out, value));
  writeFigures(out, HISTOGRAM_CODES, histograms, (value) => writeHistogram(out, value));
}

const readRollup = (input: ByteReader, wanted: FigureNames | null): RollupData => ({
  seconds: input.number() / 1000,
  counters: readFigures(input, COUNTERS, () => input.number(), wanted?.counters),
  gauges: readFigures(input, GAUGES, () => readGauge(input), wanted?.gauges),
  histograms: readFigures(
    input,
    HISTOGRAMS,
    () => readHistogram(input),
    wanted?.histograms,
    () => skipHistogram(input),
  ),
});

/** Our clock tells milliseconds; sums of such seconds are off by rounding only. */
const toMs = (seconds: number): number => Math.round(seconds * 1000);

function writeFigures<Name extends string, Value>(
  out: ByteWriter,
  codes: Record<Name, number>,
  figures: Partial<Record<Name, Value>>,
  write: (value: Value) => void,
): void {
  const names = Object.keys(figures) as Name[];
  let count = 0;
  for (const name of names) if (figures[name] !== undefined) count += 1;
  out.varint(count);
  for (const name of names) {
    const value = figures[name];
    if (value === undefined) continue;
    out.byte(codes[name]);
    write(value);
  }
}

function readFigures<Name extends string, Value>(
  input: ByteReader,
  names: ReadonlyMap<number, Name>,
  read: () => Value,
  wanted?: readonly Name[],
  skip: () => void = read,
): Partial<Record<Name, Value>> {
  const figures: Partial<Record<Name, Value>> = {};
  for (let left = countOf(input); left > 0; left -= 1) {
    const code = input.byte();
    const name = names.get(code);
    if (name === undefined) throw input.error(`code ${code} stands for no name`);
    if (wanted === undefined || wanted.includes(name)) figures[name] = read();
    else skip();
  }
  return figures;
}

/** A gauge of a single look is its value alone. */
export function writeGauge(out: ByteWriter, { last, max, total, samples }: GaugeSummary): void {
  const isSingle = samples === 1 && max === last && total === last;
  out.varint(isSingle ? 0 : samples + 1);
  out.number(last);
  if (isSingle) return;
  out.number(max);
  out.number(total);
}

export function readGauge(input: ByteReader): GaugeSummary {
  const kind = input.varint();
  const last = input.number();
  return kind === 0
    ? { last, max: last, total: last, samples: 1 }
    : { last, max: input.number(), total: input.number(), samples: kind - 1 };
}

function writeHistogram(out: ByteWriter, { le, counts }: Histogram): void {
  const known = KNOWN_BOUNDS.findIndex((bounds) => sameBounds(bounds, le));
  out.varint(known + 1);
  if (known < 0) {
    out.varint(le.length);
    for (const bound of le) out.number(bound);
  }
  writeCounts(out, counts);
}

function readHistogram(input: ByteReader): Histogram {
  const le = readBounds(input);
  return { le, counts: readCounts(input, new Array(le.length + 1).fill(0)) };
}

function skipHistogram(input: ByteReader): void {
  readBounds(input);
  skipCounts(input);
}

function readBounds(input: ByteReader): readonly number[] {
  const known = input.varint();
  const le = known === 0 ? Array.from({ length: countOf(input) }, () => input.number()) : KNOWN_BOUNDS[known - 1];
  if (le === undefined) throw input.error(`bounds ${known} are not known here`);
  return le;
}

const OUR_ID = /^node_[0-9a-f]{32}$/;
const PREFIX = "node_";

/** An id of ours is 16 bytes behind a 0; any other is written out behind a 1. */
function writeNodeId(out: ByteWriter, id: string): void {
  const isOurs = OUR_ID.test(id);
  out.byte(isOurs ? 0 : 1);
  if (!isOurs) out.text(id);
  for (let at = PREFIX.length; isOurs && at < id.length; at += 2) out.byte(Number.parseInt(id.slice(at, at + 2), 16));
}

const readNodeId = (input: ByteReader): string =>
  input.byte() === 0 ? PREFIX + Buffer.from(input.raw(16)).toString("hex") : input.text();
