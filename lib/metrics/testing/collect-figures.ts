import { addHistograms, type Histogram } from "../histogram.ts";
import type { GaugeSummary } from "../rollup.ts";
import type { FigureSink } from "../series/read-columns.ts";

type Collected = {
  simulated: boolean;
  counters: Record<string, { value: number; seconds: number }>;
  gauges: Record<string, Omit<GaugeSummary, "last">>;
  histograms: Record<string, Histogram>;
};

/** A sink that keeps what it is told by node and step, so that two tellings can be compared. Takes no sums. */
export function collectFigures(nodeIds: readonly string[]) {
  const found = new Map<string, Collected>();
  const of = (place: number, at: number): Collected => {
    const key = `${nodeIds[place]} ${new Date(at).toISOString()}`;
    const known = found.get(key) ?? { simulated: false, counters: {}, gauges: {}, histograms: {} };
    found.set(key, known);
    return known;
  };
  const sink: FigureSink = {
    placeOf: (nodeId) => nodeIds.indexOf(nodeId),
    seen(place, at, isSimulated) {
      of(place, at).simulated ||= isSimulated;
    },
    counter(place, at, name, value, seconds) {
      const { counters } = of(place, at);
      const before = counters[name] ?? { value: 0, seconds: 0 };
      counters[name] = { value: before.value + value, seconds: before.seconds + seconds };
    },
    gauge(place, at, name, { max, total, samples }) {
      const { gauges } = of(place, at);
      const before = gauges[name] ?? { max: 0, total: 0, samples: 0 };
      gauges[name] = {
        max: Math.max(before.max, max),
        total: before.total + total,
        samples: before.samples + samples,
      };
    },
    histogram(place, at, name, histogram) {
      const { histograms } = of(place, at);
      const before = histograms[name];
      const own = { le: histogram.le, counts: [...histogram.counts] };
      histograms[name] = (before && addHistograms([before, own])) ?? own;
    },
    isOne: () => false,
    histogramOf() {
      throw new Error("no sum was asked for");
    },
  };
  return { sink, figures: () => new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
