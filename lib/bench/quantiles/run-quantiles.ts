import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "#lib/platform/supervisor/ports.ts";
import { addHistograms, type Histogram, quantile } from "#lib/telemetry/histogram.ts";
import { type Program, startProgram } from "../gateway/program.ts";
import type { Measured } from "../measured.ts";
import { findScrapePeers } from "../scrape/peers.ts";
import { type Case, expositionOf, makeCases } from "./cases.ts";

const CASES = 2_000;
const QUANTILES = [0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
const WAIT_MS = 60_000;
const SEED = 20_261_125;

type Sample = { metric: Record<string, string>; value: [number, string] };

/**
 * Job `quantiles`: our quantiles beside those of a real Prometheus that scraped the same histograms, of each and of the
 * sums of pools. Figures are relative to Prometheus' answer; where one knows a quantile and the other does not, it is 1.
 */
export async function runQuantiles(options: { peers: boolean; say(line: string): void }): Promise<Measured[]> {
  const { prometheus } = await findScrapePeers(options.peers, options.say);
  if (prometheus === null) {
    const peer = { name: "Prometheus", values: null, reason: "run with --peers" } as const;
    return ["largest_difference", "largest_difference_of_sums"].map((metric) => ({ metric, ours: [], peer }));
  }
  const cases = makeCases(CASES, congruential(SEED));
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-quantiles-"));
  const node = await serve(expositionOf(cases));
  let program: Program | null = null;
  try {
    const port = await freePort("127.0.0.1");
    program = await startPrometheus(prometheus, folder, port, (node.address() as AddressInfo).port);
    const ask = (expression: string) => query(port, expression);
    await scraped(ask);
    const single = await largest(ask, "case", "h_bucket", new Map(cases.map((one) => [one.name, one.histogram])));
    const summed = await largest(ask, "pool", "sum by (le, pool) (h_bucket)", sums(cases));
    options.say(`of ${CASES} histograms and ${sums(cases).size} sums, ${QUANTILES.length} quantiles each`);
    return [
      { metric: "largest_difference", ours: [single] },
      { metric: "largest_difference_of_sums", ours: [summed] },
    ];
  } finally {
    await program?.stop();
    node.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Ask = (expression: string) => Promise<Sample[]>;

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

function difference(ours: number | null, theirs: number): number {
  if (ours === null || Number.isNaN(theirs)) return ours === null && Number.isNaN(theirs) ? 0 : 1;
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

async function startPrometheus(file: string, folder: string, port: number, node: number): Promise<Program> {
  const config = join(folder, "prometheus.yml");
  await writeFile(
    config,
    `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: node, static_configs: [{targets: ["127.0.0.1:${node}"]}]}]\n`,
  );
  const address = `127.0.0.1:${port}`;
  return startProgram({
    file,
    args: [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "tsdb")}`, `--web.listen-address=${address}`],
    core: null,
    isReady: async () => (await fetch(`http://${address}/-/ready`)).status === 200,
  });
}

async function query(port: number, expression: string): Promise<Sample[]> {
  const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const { data } = (await (await fetch(url)).json()) as { data: { result: Sample[] } };
  return data.result;
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
