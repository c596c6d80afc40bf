import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "#lib/platform/supervisor/ports.ts";
import { runScrapeLoop, SCRAPE_INTERVAL_MS } from "#lib/telemetry/loop.ts";
import type { BenchPostgres } from "../bench-database.ts";
import { buildBenchDeps } from "../bench-deps.ts";
import { ask, type Program, startModule, startProgram } from "../gateway/program.ts";
import { quantile } from "../measured.ts";
import { addNode, addVersions } from "../reconcile/catalog-store.ts";
import type { NodesAnswer, NodesQuestion } from "./nodes-child.ts";

const NODES = 100;
/** A scraper runs for weeks; until V8 has compiled it, a look costs up to ten times as much. */
const WARM_TICKS = 6;
const TICKS = 6;
/** Half an interval past the instant: nobody is in the middle of a tick when the times are read. */
const BETWEEN_MS = SCRAPE_INTERVAL_MS / 2;

export type Paced = {
  /** Milliseconds of CPU a node and look: this process and all of Postgres. */
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
  const stop = new AbortController();
  try {
    const { ports } = await asked<{ ports: number[] }>(nodes, { kind: "start", nodes: NODES, turns: 20 });
    const db = postgres.open(await postgres.freshUrl());
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
    const loop = runScrapeLoop(buildBenchDeps(db, folder), stop.signal);
    await sleep(SCRAPE_INTERVAL_MS * (WARM_TICKS + 1) - (Date.now() % SCRAPE_INTERVAL_MS) + BETWEEN_MS);
    const before = { own: process.cpuUsage(), postgres: postgres.cpuSeconds(), peer: peer?.cpuSeconds() ?? 0 };
    await sleep(SCRAPE_INTERVAL_MS * TICKS);
    const { user, system } = process.cpuUsage(before.own);
    const own = (user + system) / 1000 + (postgres.cpuSeconds() - before.postgres) * 1000;
    const theirs = peer && (peer.cpuSeconds() - before.peer) * 1000;
    stop.abort();
    await loop;
    const { arrivals } = await asked<{ arrivals: number[][] }>(nodes, { kind: "arrivals" });
    await db.close();
    const looks = NODES * TICKS;
    return { ours: own / looks, prometheus: theirs && theirs / looks, jitterP99: jitterOf(arrivals) };
  } finally {
    stop.abort();
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
