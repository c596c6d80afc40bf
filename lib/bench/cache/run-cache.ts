import { seededChance } from "#lib/lora-cache/bursty-trace.ts";
import { MissCurveBuilder } from "#lib/lora-cache/miss-curve.ts";
import { TwoTierCache } from "#lib/lora-cache/two-tier-cache.ts";
import type { Measured } from "../judge.ts";

/** A long trace each, at a node's usual limits. */
const LONG = { adapters: [64, 1_000, 20_000], requests: 10_000_000, limits: { maxLoras: 8, maxCpuLoras: 32 } };
/** The curve reaches to here: 32 x 512 pairs of limits and more. */
const LARGEST = 512;
const BATCH = 65_536;
const RANDOM_TRACES = 1_000;

type Limits = { maxLoras: number; maxCpuLoras: number };

/**
 * Job `cache`: the model of vLLM's cache, and the curve that answers every pair of limits, beside vLLM's rules written with
 * two lists. All totals must be equal. About 20 s, once.
 */
export async function runCache({
  log,
  requests = LONG.requests,
}: {
  log(line: string): void;
  requests?: number;
}): Promise<Measured[]> {
  const chance = seededChance(99);
  const long = LONG.adapters.filter((adapters) => {
    // a few are hot, and which they are moves on with time
    const trace = traceOf(requests, (at) => (adapters * chance() ** 4 + at / 5_000) % adapters);
    return differs(trace, LONG.limits, LARGEST, adapters);
  });
  let random = 0;
  for (let count = 0; count < RANDOM_TRACES; count += 1) {
    const maxLoras = 1 + Math.floor(chance() * 5);
    const maxCpuLoras = maxLoras + (chance() < 0.3 ? 0 : Math.floor(chance() * 6)); // equal limits are a case of their own
    const trace = traceOf(300, () => 14 * chance() ** 2);
    if (differs(trace, { maxLoras, maxCpuLoras }, maxCpuLoras, 14)) random += 1;
  }
  log(`${LONG.adapters.length} traces of ${requests} requests, and ${RANDOM_TRACES} short ones`);
  return [
    { metric: "totals_that_differ", ours: [long.length] },
    { metric: "random_traces_that_differ", ours: [random] },
  ];
}

const traceOf = (requests: number, next: (at: number) => number): Uint32Array =>
  Uint32Array.from({ length: requests }, (_, at) => Math.floor(next(at)));

/** Whether the cache, or the curve, comes to other totals than the lists. */
function differs(trace: Uint32Array, limits: Limits, largest: number, adapters: number): boolean {
  const cache = new TwoTierCache(limits, adapters);
  const curve = new MissCurveBuilder(largest, adapters);
  // as a worker adds new requests to what it has
  for (let from = 0; from < trace.length; from += BATCH) {
    cache.touchAll(trace.subarray(from, from + BATCH));
    curve.touchAll(trace.subarray(from, from + BATCH));
  }
  const expected = plainLists(trace, limits);
  return [cache.totals(), curve.result().at(limits)].some(
    ({ gpuHits, swaps, gpuEvictions, cpuEvictions }) =>
      [gpuHits, swaps.cpu, swaps.disk, gpuEvictions, cpuEvictions].join() !== expected.join(),
  );
}

/** vLLM's rules with two arrays, least recent first. @returns hits, swaps from memory and disk, evictions of both tiers */
function plainLists(trace: Uint32Array, { maxLoras, maxCpuLoras }: Limits): number[] {
  const [slots, memory]: [number[], number[]] = [[], []];
  let [hits, cpu, disk, gpuEvictions, cpuEvictions] = [0, 0, 0, 0, 0];
  const take = (list: number[], adapter: number): boolean => {
    const index = list.lastIndexOf(adapter);
    if (index >= 0) list.splice(index, 1);
    return index >= 0;
  };
  for (const adapter of trace) {
    const isInMemory = take(memory, adapter);
    if (!isInMemory && memory.length >= maxCpuLoras) {
      take(slots, memory.shift() ?? -1);
      cpuEvictions += 1;
    }
    memory.push(adapter);
    if (take(slots, adapter)) hits += 1;
    else {
      if (isInMemory) cpu += 1;
      else disk += 1;
      if (slots.length >= maxLoras) {
        slots.shift();
        gpuEvictions += 1;
      }
    }
    slots.push(adapter);
  }
  return [hits, cpu, disk, gpuEvictions, cpuEvictions];
}
