import { setTimeout as sleep } from "node:timers/promises";
import { SCRAPE_INTERVAL_MS } from "#lib/metrics/loop.ts";
import { SCRAPE_LOOP } from "#lib/metrics/scrape/scraper.ts";
import type { Database } from "#lib/platform/db.ts";
import { WORKER_NODE_FLAGS } from "#lib/platform/node-flags.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { type BenchPostgres, startBenchPostgres } from "#lib/testbed/postgres.ts";
import { ask, startModule } from "#lib/testbed/program.ts";
import { median } from "#lib/testbed/quantile.ts";
import { addServingPool } from "#lib/testbed/serving-store.ts";
import type { Measured } from "../judge.ts";
import { findDebian, firstOf } from "../peers.ts";
import { type Prometheus, scrapeConfig, startPrometheus } from "../prometheus.ts";
import type { JobOptions } from "../run-bench.ts";
import type { NodesAnswer, NodesQuestion } from "./nodes-child.ts";

const NODES = 200;
/** A scraper runs for weeks; until V8 has compiled it, a scrape costs up to ten times as much. */
const WARM_TICKS = 6;
const TICKS = 6;
const HALF_MS = SCRAPE_INTERVAL_MS / 2;

/** `doneAfter`: of each tick, from its instant until all of it is stored, percent of the interval; CPU in ms a scrape. */
type Paced = { doneAfter: number[]; ours: number; prometheus: number | null };

/**
 * Job `scrape`: the product's loop, kept to one core, and Prometheus scrape the same 200 nodes of 187 kB every ten seconds.
 * Ours is a process run as a worker is and all of Postgres. About two minutes a run.
 */
export async function runScrape(options: JobOptions): Promise<Measured[]> {
  const file = await findDebian("prometheus", options);
  const core = (await firstOf("taskset", [])) === null ? null : 0;
  const postgres = await startBenchPostgres();
  const runs: Paced[] = [];
  try {
    while (runs.length < options.runs) {
      const paced = await measure(postgres, file, core);
      runs.push(paced);
      const [ours, theirs] = [paced.ours, paced.prometheus].map((ms) => ms?.toPrecision(4) ?? "(not here)");
      options.log(`CPU a scrape ${ours} ms beside Prometheus ${theirs}; done after ${median(paced.doneAfter)} %`);
    }
  } finally {
    await postgres.stop();
  }
  const theirs = runs.flatMap(({ prometheus }) => prometheus ?? []);
  const ours = runs.map((run) => run.ours);
  return [
    { metric: "tick_done_after", ours: runs.flatMap(({ doneAfter }) => doneAfter) },
    { metric: "cpu_per_look_beside_prometheus", ours, peer: { name: "Prometheus", values: theirs } },
  ];
}

async function measure(postgres: BenchPostgres, file: string | null, core: number | null): Promise<Paced> {
  const nodes = await startModule(new URL("./nodes-child.ts", import.meta.url), null);
  const scraper = await startModule(new URL("./scraper-child.ts", import.meta.url), core, WORKER_NODE_FLAGS);
  const databaseUrl = await postgres.freshUrl();
  const db = postgres.open(databaseUrl);
  let peer: Prometheus | null = null;
  try {
    const { ports } = await ask<NodesAnswer>(nodes, { nodes: NODES, turns: 20 } satisfies NodesQuestion);
    const named = ports.map((port) => ({ name: `node-${port}`, baseUrl: `http://127.0.0.1:${port}` }));
    await addServingPool(db, { slug: "scrape", nodes: named, tenants: [] });
    if (file) peer = await startPrometheus(file, scrapeConfig(ports, SCRAPE_INTERVAL_MS / 1000));
    await ask(scraper, databaseUrl);
    // half an interval past an instant nobody should be in the middle of a tick
    await sleep(SCRAPE_INTERVAL_MS * (WARM_TICKS + 1) - (Date.now() % SCRAPE_INTERVAL_MS) + HALF_MS);
    const cpuSeconds = () => [scraper.cpuSeconds() + postgres.cpuSeconds(), peer?.program.cpuSeconds() ?? null];
    const before = cpuSeconds();
    const doneAfter: number[] = [];
    while (doneAfter.length < TICKS) {
      await sleep(SCRAPE_INTERVAL_MS + HALF_MS - (Date.now() % SCRAPE_INTERVAL_MS));
      doneAfter.push(await lastTick(db));
    }
    const [ours, prometheus] = cpuSeconds().map((seconds, index) => {
      const from = before[index] ?? null;
      return seconds === null || from === null ? null : ((seconds - from) * 1000) / (NODES * TICKS);
    });
    return { doneAfter, ours: ours ?? Number.NaN, prometheus: prometheus ?? null };
  } finally {
    await peer?.stop();
    await Promise.all([scraper.kill(), nodes.kill(), db.close()]);
  }
}

/** When the tick of this interval was stored, percent of the interval; 100 = it is not yet. */
async function lastTick(db: Database): Promise<number> {
  const where = { name: SCRAPE_LOOP };
  const lease = await db.read(platformScope, ({ client }) => client.lease.findUniqueOrThrow({ where }));
  if (lease.lastError !== null) throw new Error(lease.lastError);
  const afterMs = (lease.lastRunAt?.getTime() ?? 0) - Math.floor(Date.now() / SCRAPE_INTERVAL_MS) * SCRAPE_INTERVAL_MS;
  return afterMs < 0 ? 100 : (afterMs / SCRAPE_INTERVAL_MS) * 100;
}
