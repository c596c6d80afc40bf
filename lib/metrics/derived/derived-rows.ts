import { stepStart } from "../rollup.ts";
import type { CounterName } from "../scrape/node-samples.ts";
import { countUses, type DerivedUse } from "./derive-cache.ts";
import { type NodeRequest, peakAdapters } from "./node-timeline.ts";

const MINUTE_MS = 60_000;

/** Why figures are not exact, the worst first. foreign = others use the node; late = told of too late; start = nobody saw it begin. */
export const UNCERTAINTIES = ["foreign", "late", "start"] as const;
export type Uncertainty = (typeof UNCERTAINTIES)[number];

/** Counters of a node that can be derived. */
export const DERIVED_COUNTERS = [
  "evictions.gpu",
  "evictions.cpu",
  "swaps.gpu",
  "swaps.cpu",
  "swaps.disk",
] as const satisfies CounterName[];
export type DerivedCounter = (typeof DERIVED_COUNTERS)[number];

/** What followed for one node over one minute. */
export type DerivedMinute = {
  at: Date;
  /** How much of it was followed. */
  seconds: number;
  evictionsGpu: number;
  evictionsCpu: number;
  swapsGpu: number;
  swapsCpu: number;
  swapsDisk: number;
  adaptersPeak: number;
  uncertainty: Uncertainty | null;
  /** Requests that the engine counted, and those that came through us; both null where it was not seen all along. */
  counted: number | null;
  ours: number | null;
};

export type MinutesOf = {
  uses: readonly DerivedUse[];
  /** All that had not ended ten seconds before the first minute began. */
  requests: readonly NodeRequest[];
  /** A whole minute. */
  fromMs: number;
  toMs: number;
  settledMs: number | null;
  uncertainty: Uncertainty;
  /** What the engine counted, by the start of the minute as the rollups have it. */
  counted: ReadonlyMap<number, number>;
};

/** One row for each minute of a part, the last of which may have only begun. */
export function derivedMinutes(part: MinutesOf): DerivedMinute[] {
  const { fromMs, toMs, settledMs } = part;
  const ours = endedByMinute(part.requests);
  const starts = Array.from(
    { length: Math.ceil((toMs - fromMs) / MINUTE_MS) },
    (_, index) => fromMs + index * MINUTE_MS,
  );
  return starts.map((start) => {
    const end = Math.min(start + MINUTE_MS, toMs);
    const within = part.uses.filter(({ atMs }) => atMs >= start && atMs < end);
    const { evictions, swaps } = countUses(within);
    const counted = end - start === MINUTE_MS ? (part.counted.get(start) ?? null) : null;
    return {
      at: new Date(start),
      seconds: Math.round((end - start) / 1000),
      evictionsGpu: evictions.gpu,
      evictionsCpu: evictions.cpu,
      swapsGpu: swaps.gpu,
      swapsCpu: swaps.cpu,
      swapsDisk: swaps.disk,
      adaptersPeak: peakAdapters(part.requests, start, end),
      uncertainty: settledMs !== null && settledMs <= start ? null : part.uncertainty,
      counted,
      ours: counted === null ? null : (ours.get(start) ?? 0),
    };
  });
}

/** The scraper runs every ten seconds, and what it sees belongs to the minute of the scrape. */
export const SCRAPE_MS = 10_000;

function endedByMinute(requests: readonly NodeRequest[]): Map<number, number> {
  const ended = new Map<number, number>();
  for (const { endedMs } of requests) {
    const seenAt = new Date(Math.ceil(endedMs / SCRAPE_MS) * SCRAPE_MS);
    const minute = stepStart(seenAt, 60).getTime();
    ended.set(minute, (ended.get(minute) ?? 0) + 1);
  }
  return ended;
}
