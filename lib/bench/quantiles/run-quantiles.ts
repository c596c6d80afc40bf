import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addHistograms, type Histogram, type Quantile, quantile } from "#lib/metrics/histogram.ts";
import type { Measured } from "../measured.ts";
import { type Prometheus, startPrometheus } from "../prometheus.ts";
import { findPrometheus } from "../scrape/peers.ts";
import { type Case, expositionOf, makeCases } from "./cases.ts";

const CASES = 2_000;
const QUANTILES = [0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
const WAIT_MS = 60_000;
const SEED = 20_261_125;

/**
 * Job `quantiles`: our quantiles beside those of a real Prometheus that scraped the same histograms, of each and of the
 * sums of pools. Figures are relative to Prometheus' answer; where one knows a quantile and the other does not, it is 1.
 */
export async function runQuantiles(options: { peers: boolean; say(line: string): void }): Promise<Measured[]> {
  const prometheus = await findPrometheus(options.peers, options.say);
  if (prometheus === null) {
    const peer = { name: "Prometheus", values: null, reason: "run with --peers" } as const;
    return ["largest_difference", "largest_difference_of_sums"].map((metric) => ({ metric, ours: [], peer }));
  }
  const cases = makeCases(CASES, congruential(SEED));
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-quantiles-"));
  const node = await serve(expositionOf(cases));
  let running: Prometheus | null = null;
  try {
    const target = `127.0.0.1:${(node.address() as AddressInfo).port}`;
    const config = `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: node, static_configs: [{targets: ["${target}"]}]}]\n`;
    running = await startPrometheus(prometheus, folder, config);
    const ask = running.query;
    await scraped(ask);
    const single = await largest(ask, "case", "h_bucket", new Map(cases.map((one) => [one.name, one.histogram])));
    const summed = await largest(ask, "pool", "sum by (le, pool) (h_bucket)", sums(cases));
    options.say(`of ${CASES} histograms and ${sums(cases).size} sums, ${QUANTILES.length} quantiles each`);
    return [
      { metric: "largest_difference", ours: [single] },
      { metric: "largest_difference_of_sums", ours: [summed] },
    ];
  } finally {
    await running?.program.stop();
    node.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Ask = Prometheus["query"];

async function largest(
  ask: Ask,
  label: string,
  buckets: string,
  ours: ReadonlyMap<string, Histogram>,
): Promise<number> {
  let worst = 0;
  for (const q of QUANTILES) {
    const theirs = new Map((await ask(`histogram_quantile(${q}, ${buckets})`)).map((one) => [one.metric[label], one]));
    for (const [name, histogram] of ours)
      worst = Math.max(worst, difference(quantile(histogram, q), Number(theirs.get(name)?.value[1] ?? "NaN")));
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

async function serve(text: string): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** @throws Error when Prometheus has not taken all of them within a minute */
async function scraped(ask: Ask): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (performance.now() < deadline) {
    if (Number((await ask("count(h_count)"))[0]?.value[1]) === CASES) return;
    await sleep(250);
  }
  throw new Error("Prometheus has not scraped the histograms");
}

/** The same numbers in each run. */
function congruential(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
