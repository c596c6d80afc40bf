import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { seededChance } from "#lib/lora-cache/bursty-trace.ts";
import { addHistograms, type Histogram, type Quantile, quantile } from "#lib/metrics/histogram.ts";
import type { Measured } from "../judge.ts";
import { findDebian } from "../peers.ts";
import { type Prometheus, scrapeConfig, startPrometheus, withoutPrometheus } from "../prometheus.ts";
import type { JobOptions } from "../run-bench.ts";

const CASES = 2_000;
/** Cases of one kind of bounds that are in one pool, as the nodes of a pool are. */
const POOL_SIZE = 20;
const QUANTILES = [0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
const WAIT_MS = 60_000;
const SEED = 20_261_125;

/** Bounds of vLLM's end-to-end latency, of its time between tokens, and two that nobody would choose. */
const BOUNDS: readonly (readonly number[])[] = [
  [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
  [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
  [1],
  [-2, -1, 0, 1],
];

type Case = { name: string; pool: string; histogram: Histogram };

/**
 * Job `quantiles`: our quantiles beside those of a real Prometheus that scraped the same histograms, of each and of the
 * sums of pools. Figures are relative to Prometheus' answer; where one knows a quantile and the other does not, it is 1.
 */
export async function runQuantiles(options: JobOptions): Promise<Measured[]> {
  const file = await findDebian("prometheus", options);
  if (file === null) return withoutPrometheus(["largest_difference", "largest_difference_of_sums"]);
  const cases = makeCases(seededChance(SEED));
  const text = expositionOf(cases);
  const node = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text);
  });
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  let prometheus: Prometheus | null = null;
  try {
    prometheus = await startPrometheus(file, scrapeConfig([(node.address() as AddressInfo).port], 1));
    await scraped(prometheus);
    const [each, pools] = [new Map(cases.map((one) => [one.name, one.histogram])), sums(cases)];
    const single = await largest(prometheus, "case", "h_bucket", each);
    const summed = await largest(prometheus, "pool", "sum by (le, pool) (h_bucket)", pools);
    options.log(`of ${CASES} histograms and ${pools.size} sums, ${QUANTILES.length} quantiles each`);
    return [
      { metric: "largest_difference", ours: [single] },
      { metric: "largest_difference_of_sums", ours: [summed] },
    ];
  } finally {
    await prometheus?.stop();
    node.close();
  }
}

async function largest(
  { query }: Prometheus,
  label: string,
  buckets: string,
  ours: ReadonlyMap<string, Histogram>,
): Promise<number> {
  let worst = 0;
  for (const q of QUANTILES) {
    const answer = await query(`histogram_quantile(${q}, ${buckets})`);
    const theirs = new Map(answer.map(({ metric, value }) => [metric[label], Number(value[1])]));
    for (const [name, histogram] of ours)
      worst = Math.max(worst, difference(quantile(histogram, q), theirs.get(name) ?? Number.NaN));
  }
  return worst;
}

/** Theirs interpolates in the first bucket, where ours gives its bound: it must lie below that. */
function difference(quantile: Quantile | null, theirs: number): number {
  if (quantile === null || Number.isNaN(theirs)) return quantile === null && Number.isNaN(theirs) ? 0 : 1;
  const { value: ours, bound } = quantile;
  if (bound === "at_most") return theirs <= ours ? 0 : 1;
  return ours === theirs ? 0 : Math.abs(ours - theirs) / Math.max(Math.abs(theirs), Number.MIN_VALUE);
}

function sums(cases: readonly Case[]): Map<string, Histogram> {
  const pools = new Map<string, Histogram[]>();
  for (const { pool, histogram } of cases) pools.set(pool, [...(pools.get(pool) ?? []), histogram]);
  return new Map(
    [...pools].flatMap(([pool, all]) => {
      const sum = addHistograms(all);
      return sum === null ? [] : [[pool, sum] as const];
    }),
  );
}

/** @throws Error when Prometheus has not taken all of them within a minute */
async function scraped({ query }: Prometheus): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (Number((await query("count(h_count)"))[0]?.value[1]) !== CASES) {
    if (performance.now() > deadline) throw new Error("Prometheus has not scraped the histograms");
    await sleep(250);
  }
}

/** Histograms with gaps, with one full bucket, with everything above the last bound, with none at all, and with large counts. */
const makeCases = (chance: () => number): Case[] =>
  Array.from({ length: CASES }, (_, index) => {
    const le = BOUNDS[index % BOUNDS.length] ?? [];
    const pool = `${index % BOUNDS.length}-${Math.floor(index / (BOUNDS.length * POOL_SIZE))}`;
    return { name: `case-${index}`, pool, histogram: { le, counts: countsOf(le.length + 1, index % 7, chance) } };
  });

function countsOf(buckets: number, kind: number, chance: () => number): number[] {
  const only = Math.floor(chance() * buckets);
  const below = (most: number) => Math.floor(chance() * most);
  const kinds: ((bucket: number) => number)[] = [
    () => 0,
    (bucket) => (bucket === only ? 1 + below(1_000) : 0),
    (bucket) => (bucket === buckets - 1 ? 17 : 0),
    () => (chance() < 0.7 ? 0 : below(5)),
    () => below(1e9),
  ];
  return Array.from({ length: buckets }, (_, bucket) => (kinds[kind] ?? (() => below(300)))(bucket));
}

/** As a node would export them. */
function expositionOf(cases: readonly Case[]): string {
  const lines = ["# TYPE h histogram"];
  for (const { name, pool, histogram } of cases) {
    const labels = `case="${name}",pool="${pool}"`;
    let below = 0;
    histogram.counts.forEach((count, bucket) => {
      below += count;
      lines.push(`h_bucket{${labels},le="${histogram.le[bucket] ?? "+Inf"}"} ${below}`);
    });
    lines.push(`h_sum{${labels}} 1`, `h_count{${labels}} ${below}`);
  }
  return `${lines.join("\n")}\n`;
}
