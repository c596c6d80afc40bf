import type { Histogram } from "../histogram.ts";
import type { MetricNames } from "../node-minute/columns.ts";
import type { GaugeSummary, NodeRollup } from "../rollup.ts";
import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";

/** Receives metrics of nodes, one node and step at a time. `at` is where the step begins, Unix milliseconds. */
export type MetricSink = {
  /** @returns the place of a node in the calls below; -1 = the sink does not want it */
  placeOf(nodeId: string): number;
  seen(place: number, at: number, simulated: boolean): void;
  /** @param seconds that the increase covers */
  counter(place: number, at: number, name: CounterName, value: number, seconds: number): void;
  gauge(place: number, at: number, name: GaugeName, value: GaugeSummary): void;
  histogram(place: number, at: number, name: HistogramName, value: Histogram): void;
};

/** Emits the named metrics of one row to a sink. */
export function emitRow(
  { nodeId, at, simulated, data }: Pick<NodeRollup, "nodeId" | "at" | "simulated" | "data">,
  names: MetricNames,
  sink: MetricSink,
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
