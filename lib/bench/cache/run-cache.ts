import { MissCurveBuilder } from "#lib/lora-cache/miss-curve.ts";
import { TwoTierCache } from "#lib/lora-cache/two-tier-cache.ts";
import type { Measured } from "../measured.ts";
import { mapLru, plainLists, type Sums } from "./peers.ts";
import { driftingTrace, seededChance } from "./traces.ts";

const ADAPTERS = [64, 1_000, 20_000];
const LIMITS = { maxLoras: 8, maxCpuLoras: 32 };
/** The surface reaches to here: 32 x 512 pairs of limits and more. */
const LARGEST = 512;
const BATCH = 65_536;
const RANDOM_TRACES = 1_000;

type Speeds = { direct: number[]; map: number[]; curve: number[] };

/** Job `cache`: the model of vLLM's cache beside an LRU in a `Map`, and equal to brute force. About 20 s. */
export async function runCache(options: {
  runs: number;
  say(line: string): void;
  requests?: number;
}): Promise<Measured[]> {
  const measured: Measured[] = [];
  let differences = 0;
  for (const adapters of ADAPTERS) {
    const trace = driftingTrace(adapters, options.requests ?? 10_000_000);
    const speeds: Speeds = { direct: [], map: [], curve: [] };
    for (let run = 0; run < options.runs; run += 1) differences += runOnce(trace, adapters, speeds);
    measured.push(
      { metric: `direct_${adapters}_over_map`, ours: speeds.direct, peer: { name: "Map LRU", values: speeds.map } },
      { metric: `surface_${adapters}`, ours: speeds.curve },
    );
    options.say(`${adapters} adapters: ${tell(speeds)}`);
  }
  return [
    ...measured,
    { metric: "totals_that_differ", ours: [differences] },
    { metric: "random_traces_that_differ", ours: [compareWithLists()] },
  ];
}

/** Everybody once over one trace, one after the other. @returns how many came to other totals than the cache */
function runOnce(trace: Uint32Array, adapters: number, speeds: Speeds): number {
  const { maxLoras, maxCpuLoras } = LIMITS;
  const others: Sums[] = [];
  others.push(timed(trace.length, speeds.map, () => mapLru(trace, maxLoras, maxCpuLoras)));
  const { gpuHits, swaps, ...pushedOut } = timed(trace.length, speeds.direct, () => {
    const cache = new TwoTierCache(LIMITS, adapters);
    for (const batch of batchesOf(trace)) cache.touchAll(batch);
    return cache.totals();
  });
  const curve = timed(trace.length, speeds.curve, () => {
    const builder = new MissCurveBuilder(LARGEST, adapters);
    for (const batch of batchesOf(trace)) builder.touchAll(batch);
    return builder.result().at(LIMITS);
  });
  others.push({ gpuHits: curve.gpuHits, ...curve.swaps });
  const same = (other: Sums) => other.gpuHits === gpuHits && other.cpu === swaps.cpu && other.disk === swaps.disk;
  const evictionsAgree = curve.gpuEvictions === pushedOut.gpuEvictions && curve.cpuEvictions === pushedOut.cpuEvictions;
  return others.filter((other) => !same(other)).length + (evictionsAgree ? 0 : 1);
}

/** As a worker adds new requests to what it has: a loop entered once for all is compiled less well. */
const batchesOf = (trace: Uint32Array): Uint32Array[] =>
  Array.from({ length: Math.ceil(trace.length / BATCH) }, (_, n) => trace.subarray(n * BATCH, (n + 1) * BATCH));

/** Requests per second of our own CPU time, so that a busy machine slows nobody down. */
function timed<T>(requests: number, into: number[], work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  into.push(requests / ((user + system) / 1_000_000));
  return result;
}

/** @returns on how many random traces the cache, or the curve, differs from two plain lists */
function compareWithLists(): number {
  const chance = seededChance(99);
  let different = 0;
  for (let count = 0; count < RANDOM_TRACES; count += 1) {
    const maxLoras = 1 + Math.floor(chance() * 5);
    const maxCpuLoras = maxLoras + (chance() < 0.3 ? 0 : Math.floor(chance() * 6)); // equal limits are a case of their own
    const trace = Uint32Array.from({ length: 300 }, () => Math.floor(14 * chance() ** 2));
    const cache = new TwoTierCache({ maxLoras, maxCpuLoras });
    cache.touchAll(trace);
    const builder = new MissCurveBuilder(maxCpuLoras);
    builder.touchAll(trace);
    const plain = plainLists(trace, maxLoras, maxCpuLoras);
    const [direct, curve] = [cache.totals(), builder.result().at({ maxLoras, maxCpuLoras })].map((totals) =>
      JSON.stringify([totals.gpuHits, totals.swaps, totals.gpuEvictions, totals.cpuEvictions]),
    );
    const swaps = { cpu: plain.cpu, disk: plain.disk };
    const expected = JSON.stringify([plain.gpuHits, swaps, plain.gpuEvictions, plain.cpuEvictions]);
    if (direct !== expected || curve !== expected) different += 1;
  }
  return different;
}

const tell = (speeds: Speeds): string =>
  Object.entries(speeds)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name} ${values.map((value) => (value / 1e6).toFixed(1)).join(" ")} M req/s`)
    .join("; ");
