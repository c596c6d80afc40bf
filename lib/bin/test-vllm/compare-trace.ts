import { boundReplay, type ReplayBounds, type StackEvent } from "#lib/lora-cache/bound-replay.ts";
import { type Replay, replay } from "#lib/lora-cache/replay.ts";
import type { PluginCounts } from "#lib/vllm/contract/ask.ts";
import type { TraceEvent } from "./plan-trace.ts";

/** What the plugin showed after an event: its counters, and each adapter's tier. */
export type Sight = { counts: PluginCounts; tiers: ReadonlyMap<string, "gpu" | "cpu"> };

/** One figure of one event in which the node and the cache model disagree. */
export type Mismatch = { event: number; did: string; metric: string; model: string; node: string };

export type TraceReport = {
  requests: number;
  loads: number;
  unloads: number;
  /** How many figures were compared: five counters and the tier of every name, after every event. */
  compared: number;
  mismatches: readonly Mismatch[];
  node: Totals;
  model: Totals;
  /** Requests at once, whose order inside a step nobody knows: totals against the model's least and most. */
  waves: { waves: number; requests: number; metrics: readonly WaveMetric[] };
};

export type Totals = {
  evictedFromGpu: number;
  evictedFromCpu: number;
  fromGpu: number;
  fromCpu: number;
  fromDisk: number;
};
export type WaveMetric = { metric: keyof Totals; least: number; most: number; node: number; isWithin: boolean };

export type CacheLimits = { maxLoras: number; maxCpuLoras: number };

/**
 * Compares what a node did, event by event, with `lib/lora-cache`.
 * @param sights one after each event, and one before the first
 */
export function compareTrace(
  events: readonly TraceEvent[],
  sights: readonly Sight[],
  limits: CacheLimits,
): TraceReport {
  const alone = events.filter(({ kind }) => kind !== "wave");
  const run = replay(alone.flatMap(cacheEventsOf), limits);
  const mismatches: Mismatch[] = [];
  const tiers = new TierBoard();
  let compared = 0;
  for (const [at, event] of alone.entries()) {
    const [before, after] = [sights[at], sights[at + 1]];
    if (!before || !after) throw new RangeError("a sight is needed before and after each event");
    const metrics = metricsOf(between(totalsOf(before), totalsOf(after)), after.tiers);
    const expected = metricsOf(tiers.apply(run, at), tiers.tiers());
    for (const metric of new Set([...metrics.keys(), ...expected.keys()])) {
      compared += 1;
      const [model, node] = [expected.get(metric) ?? "none", metrics.get(metric) ?? "none"];
      if (model !== node) mismatches.push({ event: at, did: textOf(event), metric, model, node });
    }
  }
  const [first, last, end] = [sights[0], sights[alone.length], sights.at(-1)];
  if (!first || !last || !end) throw new RangeError("a trace has at least one event");
  return {
    requests: alone.filter(({ kind }) => kind === "ask").length,
    loads: alone.filter(({ kind }) => kind === "load").length,
    unloads: alone.filter(({ kind }) => kind === "unload").length,
    compared,
    mismatches,
    node: between(totalsOf(first), totalsOf(last)),
    model: tiers.total,
    waves: compareWaves(events, between(totalsOf(last), totalsOf(end)), limits),
  };
}

/** Waves are two steps of the same adapters: the order of the second may differ from the order they came in. */
function cacheEventsOf(event: TraceEvent): StackEvent[] {
  switch (event.kind) {
    case "load":
    case "unload":
      return [{ kind: event.kind, adapter: event.adapter }];
    case "ask":
      return [{ kind: "step", adapters: event.adapter === null ? [] : [event.adapter] }];
    case "wave":
      return [
        { kind: "step", adapters: event.adapters },
        { kind: "step", adapters: event.adapters },
      ];
  }
}

function compareWaves(events: readonly TraceEvent[], node: Totals, limits: CacheLimits): TraceReport["waves"] {
  const waves = events.filter((event) => event.kind === "wave");
  const whole = boundsOf(boundReplay(events.flatMap(cacheEventsOf), limits));
  const before = boundsOf(boundReplay(events.filter(({ kind }) => kind !== "wave").flatMap(cacheEventsOf), limits));
  const metrics = (["evictedFromGpu", "evictedFromCpu", "fromCpu", "fromDisk"] as const).map((metric): WaveMetric => {
    // Alone, requests have one order, so what came before is exact and may be taken off both bounds.
    const [least, most] = [whole[metric].least - before[metric].least, whole[metric].most - before[metric].most];
    return { metric, least, most, node: node[metric], isWithin: least <= node[metric] && node[metric] <= most };
  });
  return { waves: waves.length, requests: waves.reduce((sum, { adapters }) => sum + adapters.length, 0), metrics };
}

const boundsOf = ({ gpuEvictions, cpuEvictions, swaps }: ReplayBounds) => ({
  evictedFromGpu: gpuEvictions,
  evictedFromCpu: cpuEvictions,
  fromCpu: swaps.cpu,
  fromDisk: swaps.disk,
});

/** Follows the model's touches: who lies where. */
class TierBoard {
  readonly #gpu = new Set<string>();
  readonly #cpu = new Set<string>();
  readonly total: Totals = { ...NOTHING };

  /** Applies one event's touches and says what they came to. */
  apply(run: Replay, event: number): Totals {
    const metrics = { ...NOTHING };
    for (const touch of run.perEvent.filter((each) => each.event === event)) {
      if (touch.source === "cpu") metrics.fromCpu += 1;
      if (touch.source === "disk") metrics.fromDisk += 1;
      if (touch.source === "gpu" && touch.entered) metrics.fromGpu += 1;
      const { gpu, cpu } = touch.evicted;
      if (gpu !== null) metrics.evictedFromGpu += 1;
      if (cpu !== null) metrics.evictedFromCpu += 1;
      for (const name of [gpu, cpu]) if (name !== null) this.#gpu.delete(name);
      if (cpu !== null) this.#cpu.delete(cpu);
      this.#gpu.add(touch.adapter);
      this.#cpu.add(touch.adapter);
    }
    for (const key of Object.keys(NOTHING) as (keyof Totals)[]) this.total[key] += metrics[key];
    return metrics;
  }

  tiers(): ReadonlyMap<string, "gpu" | "cpu"> {
    return new Map([...this.#cpu].map((name) => [name, this.#gpu.has(name) ? "gpu" : "cpu"] as const));
  }
}

const NOTHING: Totals = { evictedFromGpu: 0, evictedFromCpu: 0, fromGpu: 0, fromCpu: 0, fromDisk: 0 };

const totalsOf = ({ counts: { evictions, swaps } }: Sight): Totals => ({
  evictedFromGpu: evictions.gpu,
  evictedFromCpu: evictions.cpu,
  fromGpu: swaps.gpu,
  fromCpu: swaps.cpu,
  fromDisk: swaps.disk,
});

const between = (before: Totals, after: Totals): Totals => ({
  evictedFromGpu: after.evictedFromGpu - before.evictedFromGpu,
  evictedFromCpu: after.evictedFromCpu - before.evictedFromCpu,
  fromGpu: after.fromGpu - before.fromGpu,
  fromCpu: after.fromCpu - before.fromCpu,
  fromDisk: after.fromDisk - before.fromDisk,
});

function metricsOf(totals: Totals, tiers: ReadonlyMap<string, string>): Map<string, string> {
  const metrics = new Map(Object.entries(totals).map(([name, value]) => [name, String(value)]));
  for (const [name, tier] of tiers) metrics.set(`tier of ${name}`, tier);
  return metrics;
}

function textOf(event: TraceEvent): string {
  switch (event.kind) {
    case "load":
    case "unload":
      return `${event.kind} ${event.adapter}`;
    case "ask":
      return `request to ${event.adapter ?? "the base"}`;
    case "wave":
      return `requests to ${event.adapters.join(", ")}`;
  }
}
