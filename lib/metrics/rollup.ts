import { type Histogram, histogramIncrease, mergeHistograms } from "./histogram.ts";
import type { CounterName, GaugeName, HistogramName, NodeSamples } from "./scrape/node-samples.ts";

/** One successful scrape of a node. `epoch` is the fleet's count of that node's restarts. */
export type Scrape = { at: Date; epoch: number; samples: NodeSamples };

/** A gauge over a step: the highest value, and what a mean needs. */
export type GaugeSummary = { max: number; total: number; samples: number };

/**
 * What happened on a node between two scrapes, or over a whole step. `seconds` is the time that counters and histograms
 * cover: a rate is the increase divided by it, so a step that was seen for half its length is not halved.
 */
export type RollupData = {
  seconds: number;
  counters: Partial<Record<CounterName, number>>;
  gauges: Partial<Record<GaugeName, GaugeSummary>>;
  histograms: Partial<Record<HistogramName, Histogram>>;
};

export const EMPTY_ROLLUP: RollupData = { seconds: 0, counters: {}, gauges: {}, histograms: {} };

/** Steps that rollups are kept in, seconds. */
export const ROLLUP_STEPS = [60, 300, 3600] as const;
export type RollupStep = (typeof ROLLUP_STEPS)[number];

/** One node over one step. */
export type NodeRollup = {
  nodeId: string;
  stepSeconds: RollupStep;
  at: Date;
  /** Scrapes that it is made of. */
  scrapes: number;
  simulated: boolean;
  data: RollupData;
};

/** Two scrapes further apart than this are not joined: what happened in between belongs to no step. */
export const MAX_GAP_SECONDS = 90;

export const stepStart = (at: Date, stepSeconds: number): Date =>
  new Date(Math.floor(at.getTime() / (stepSeconds * 1000)) * stepSeconds * 1000);

/**
 * The increase since the previous scrape. Without one, or after a gap, only gauges are known. A process that started anew
 * in between began at zero, so all it shows is new.
 */
export function increaseSince(previous: Scrape | null, current: Scrape): RollupData {
  const gauges = mapValues(current.samples.gauges, (value) => ({ max: value, total: value, samples: 1 }));
  const seconds = previous === null ? 0 : (current.at.getTime() - previous.at.getTime()) / 1000;
  if (previous === null || seconds <= 0 || seconds > MAX_GAP_SECONDS) return { ...EMPTY_ROLLUP, gauges };
  const before = isSameProcess(previous, current) ? previous.samples : null;
  return {
    seconds,
    gauges,
    counters: mapValues(current.samples.counters, (value, name) => counterIncrease(before?.counters[name] ?? 0, value)),
    histograms: mapValues(current.samples.histograms, (value, name) => {
      const old = before?.histograms[name];
      return old === undefined ? value : histogramIncrease(old, value);
    }),
  };
}

/**
 * By when it started, where the node says so: the fleet may count a restart before or after we see the new process, and by
 * its epoch as well the new one would be counted from zero twice.
 */
function isSameProcess(previous: Scrape, current: Scrape): boolean {
  const [before, now] = [previous.samples.startedAt, current.samples.startedAt];
  return before !== null && now !== null ? Math.abs(before - now) < 1 : previous.epoch === current.epoch;
}

/** A counter that fell was reset, whatever the process said. */
const counterIncrease = (previous: number, current: number): number =>
  current >= previous ? current - previous : current;

/** Adds what happened later to what happened before; exact for counters and histograms. */
export const addRollups = (earlier: RollupData, later: RollupData): RollupData => ({
  seconds: earlier.seconds + later.seconds,
  counters: union(earlier.counters, later.counters, (a, b) => a + b),
  gauges: union(earlier.gauges, later.gauges, (a, b) => ({
    max: Math.max(a.max, b.max),
    total: a.total + b.total,
    samples: a.samples + b.samples,
  })),
  histograms: union(earlier.histograms, later.histograms, mergeHistograms),
});

/** Null takes a name out. */
export function mapValues<Name extends string, In, Out>(
  record: Partial<Record<Name, In>>,
  map: (value: In, name: Name) => Out | null,
): Partial<Record<Name, Out>> {
  const result: Partial<Record<Name, Out>> = {};
  for (const name of Object.keys(record) as Name[]) {
    const value = record[name];
    const mapped = value === undefined ? null : map(value, name);
    if (mapped !== null) result[name] = mapped;
  }
  return result;
}

/** What both have is put together; what one has alone stays. */
export function union<Name extends string, Value>(
  a: Partial<Record<Name, Value>>,
  b: Partial<Record<Name, Value>>,
  both: (a: Value, b: Value) => Value,
): Partial<Record<Name, Value>> {
  const result = { ...a };
  for (const name of Object.keys(b) as Name[]) {
    const later = b[name];
    const earlier = a[name];
    if (later !== undefined) result[name] = earlier === undefined ? later : both(earlier, later);
  }
  return result;
}
