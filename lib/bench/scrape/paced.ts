import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SCRAPE_INTERVAL_MS } from "#lib/metrics/loop.ts";
import { WORKER_NODE_FLAGS } from "#lib/platform/node-flags.ts";
import { freePort } from "#lib/platform/supervisor/ports.ts";
import type { BenchPostgres } from "#lib/testbed/postgres.ts";
import { ask, type Program, startModule, startProgram } from "#lib/testbed/program.ts";
import { quantile } from "#lib/testbed/quantile.ts";
import { addNode, addVersions } from "../reconcile/catalog-store.ts";
import type { NodesAnswer, NodesQuestion } from "./nodes-child.ts";
import type { ScraperAnswer, ScraperQuestion } from "./scraper-child.ts";

const NODES = 100;
/** A scraper runs for weeks; until V8 has compiled it, a look costs up to ten times as much. */
const WARM_TICKS = 6;
const TICKS = 6;
/** Half an interval past the instant: nobody is in the middle of a tick when the times are read. */
const BETWEEN_MS = SCRAPE_INTERVAL_MS / 2;

export type Paced = {
  /** Milliseconds of CPU a node and look: the scraper's process and all of Postgres. */
  ours: number;
  prometheus: number | null;
  /** How far each look was from ten seconds after the one before, p99, percent of the interval. */
  jitterP99: number;
};

/** Ours and Prometheus look at the same 100 nodes of 187 kB every 10 s, at the same time; about 130 s. */
export async function measurePaced(postgres: BenchPostgres, prometheus: string | null): Promise<Paced> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-scrape-"));
  const nodes = await startModule(new URL("./nodes-child.ts", import.meta.url), null);
  let peer: Program | null = null;
  let scraper: Program | null = null;
  try {
    const { ports } = await asked<{ ports: number[] }>(nodes, { kind: "start", nodes: NODES, turns: 20 });
    const databaseUrl = await postgres.freshUrl();
    const db = postgres.open(databaseUrl);
    const { poolId } = await addVersions(db, folder, 0);
    for (const [index, port] of ports.entries())
      await addNode(db, {
        poolId,
        name: `n${index}`,
        baseUrl: `http://127.0.0.1:${port}`,
        startedAt: new Date(),
        loaded: [],
      });
    if (prometheus) peer = await startPrometheus(prometheus, folder, ports);
    await db.close();
    scraper = await startModule(new URL("./scraper-child.ts", import.meta.url), null, WORKER_NODE_FLAGS);
    await ask<ScraperAnswer>(scraper, { kind: "start", databaseUrl, folder } satisfies ScraperQuestion);
    await sleep(SCRAPE_INTERVAL_MS * (WARM_TICKS + 1) - (Date.now() % SCRAPE_INTERVAL_MS) + BETWEEN_MS);
    const before = { own: scraper.cpuSeconds() + postgres.cpuSeconds(), peer: peer?.cpuSeconds() ?? 0 };
    await sleep(SCRAPE_INTERVAL_MS * TICKS);
    const own = scraper.cpuSeconds() + postgres.cpuSeconds() - before.own;
    const theirs = peer && peer.cpuSeconds() - before.peer;
    await ask<ScraperAnswer>(scraper, { kind: "stop" } satisfies ScraperQuestion);
    const { arrivals } = await asked<{ arrivals: number[][] }>(nodes, { kind: "arrivals" });
    const perLook = (seconds: number) => (seconds * 1000) / (NODES * TICKS);
    return { ours: perLook(own), prometheus: theirs && perLook(theirs), jitterP99: jitterOf(arrivals) };
  } finally {
    await scraper?.kill();
    await peer?.stop();
    await nodes.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

const asked = <T extends NodesAnswer>(nodes: Program, question: NodesQuestion) => ask<T>(nodes, question);

/** The first look of all comes at once and belongs to no grid. */
function jitterOf(arrivals: readonly (readonly number[])[]): number {
  const off = arrivals.flatMap((own) =>
    own.slice(2).map((at, index) => Math.abs(at - (own[index + 1] ?? Number.NaN) - SCRAPE_INTERVAL_MS)),
  );
  return (quantile(off, 0.99) / SCRAPE_INTERVAL_MS) * 100;
}

async function startPrometheus(file: string, folder: string, ports: readonly number[]): Promise<Program> {
  const config = join(folder, "prometheus.yml");
  const targets = ports.map((port) => `"127.0.0.1:${port}"`).join(", ");
  await writeFile(
    config,
    `global: {scrape_interval: 10s, scrape_timeout: 5s}\nscrape_configs: [{job_name: nodes, static_configs: [{targets: [${targets}]}]}]\n`,
  );
  const address = `127.0.0.1:${await freePort("127.0.0.1")}`;
  return startProgram({
    file,
    args: [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "tsdb")}`, `--web.listen-address=${address}`],
    core: null,
    isReady: async () => (await fetch(`http://${address}/-/ready`)).status === 200,
  });
}
