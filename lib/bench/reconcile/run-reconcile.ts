import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "#lib/platform/db.ts";
import { buildBenchDeps } from "#lib/testbed/deps.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import type { Measured } from "../judge.ts";
import {
  type Bench,
  type Convergence,
  FULL_PLAN,
  type Idle,
  measureConvergence,
  measureIdle,
  measureRestart,
  openBench,
  type ReconcilePlan,
  type Restore,
  settled,
  whileReconciling,
} from "./measure.ts";
import { measureSequentialLoop } from "./sequential-loop.ts";

/** How long the nodes that are restarted stay away, ms. None at all is the hardest to notice. */
const DOWN_MS = [0, 4_000, 10_000];
const IDLE_TICKS = 5;
/** The sequential loop would take a quarter of an hour for all nodes; its time is the sum over nodes, so two tell. */
const SEQUENTIAL_NODES = 2;
/** Rows that a tick renews by design: who runs the loop, and when it last did. */
const LEASE_TABLE = "Lease";

type Run = { convergence: Convergence; idle: Idle; restores: Restore[] };

/** Job `reconcile`: the product's own loop on a real Postgres against simulated nodes. About 2.5 minutes a run. */
export async function runReconcile(options: { runs: number; say(line: string): void }): Promise<Measured[]> {
  const postgres = await startBenchPostgres();
  try {
    const runs: Run[] = [];
    let sequentialMs = 0;
    for (let index = 0; index < options.runs; index += 1) {
      const plan = { ...FULL_PLAN, load: { ...FULL_PLAN.load, seed: index + 1 } };
      const one = await runOnce(plan, await postgres.freshCatalog(), index === 0);
      runs.push(one.run);
      sequentialMs = one.sequentialMs ?? sequentialMs;
      options.say(tell(one.run, index + 1));
    }
    return measuredOf(runs, sequentialMs);
  } finally {
    await postgres.stop();
  }
}

async function runOnce(plan: ReconcilePlan, openDb: () => Database, withPeer: boolean) {
  const store = await mkdtemp(join(tmpdir(), "switchyard-bench-store-"));
  const deps = buildBenchDeps(openDb(), store);
  const bench = await openBench(deps, plan);
  try {
    const convergence = await whileReconciling(bench, async () => {
      await sleep(4_000); // every node was looked at
      await settled(bench);
      return measureConvergence(bench);
    });
    await deps.db.close();
    const idle = await measureIdle(bench, openDb, IDLE_TICKS);
    const restores = await restartSome({ ...bench, deps: { ...deps, db: openDb() } });
    const sequentialMs = withPeer ? await sequential(bench) : null;
    return { run: { convergence, idle, restores }, sequentialMs };
  } finally {
    await bench.close();
    await deps.outbound.close();
    await rm(store, { recursive: true, force: true });
  }
}

async function restartSome(bench: Bench): Promise<Restore[]> {
  try {
    return await whileReconciling(bench, async () => {
      await sleep(4_000);
      return Promise.all(DOWN_MS.map((downMs, index) => measureRestart(bench, index, downMs)));
    });
  } finally {
    await bench.deps.db.close();
  }
}

async function sequential({ plan, versions }: Bench): Promise<number> {
  const { gone, added } = versions;
  const ms = await measureSequentialLoop({ plan: plan.load, nodes: SEQUENTIAL_NODES, gone, added });
  return (ms / SEQUENTIAL_NODES) * plan.nodes;
}

/** What the nodes' rows were written, per tick; the lease is told apart. */
const writesPerTick = ({ ticks, writes }: Idle) =>
  [...writes].filter(([table]) => table !== LEASE_TABLE).reduce((sum, [, count]) => sum + count, 0) / ticks;

function measuredOf(runs: readonly Run[], sequentialMs: number): Measured[] {
  const restores = runs.flatMap((run) => run.restores);
  const of = (metric: string, values: number[]): Measured => ({ metric, ours: values });
  const makespans = runs.map(({ convergence }) => convergence.makespanMs);
  return [
    of(
      "makespan_over_lower_bound",
      runs.map(({ convergence: c }) => c.makespanMs / c.lowerBoundMs),
    ),
    of(
      "calls_over_changes",
      runs.map(({ convergence: c }) => c.calls / c.changes),
    ),
    of(
      "idle_tick_writes",
      runs.map(({ idle }) => writesPerTick(idle)),
    ),
    of(
      "restart_noticed",
      restores.map(({ noticedMs }) => noticedMs / 1000),
    ),
    of(
      "restart_first_routable",
      restores.filter(({ downMs }) => downMs > 0).map(({ firstRoutableMs }) => firstRoutableMs / 1000),
    ),
    of(
      "restart_first_routable_once_noticed",
      restores.map(({ firstRoutableMs, noticedMs }) => (firstRoutableMs - noticedMs) / 1000),
    ),
    of(
      "restart_all_over_load_times",
      restores.map(({ allRoutableMs, loadMs }) => allRoutableMs / loadMs),
    ),
    {
      metric: "makespan_over_sequential_loop",
      ours: makespans,
      peer: { name: "sequential loop", values: [sequentialMs] },
    },
  ];
}

function tell({ convergence: c, idle, restores }: Run, number: number): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const tables = [...idle.writes].map(([table, count]) => `${table} ${count}`).join(", ") || "none";
  return [
    `run ${number}: ${c.changes} changes in ${seconds(c.makespanMs)} s, busiest node ${seconds(c.lowerBoundMs)} s of loading; ${c.calls} accepted calls, ${c.failedLoads} failed loads; the loop took ${seconds(c.cpuMs)} s of CPU, the machine's load is ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores`,
    `  ${idle.ticks} idle ticks wrote: ${tables}`,
    ...restores.map(
      (r) =>
        `  restart (away ${seconds(r.downMs)} s, ${r.adapters} adapters): noticed ${seconds(r.noticedMs)} s, first routable ${seconds(r.firstRoutableMs)} s beyond its load, all ${seconds(r.allRoutableMs)} s of ${seconds(r.loadMs)} s loading`,
    ),
  ].join("\n");
}
