import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "#lib/platform/db.ts";
import { buildBenchDeps } from "#lib/testbed/deps.ts";
import { openFolder, stop, withOpened } from "#lib/testbed/opened.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import type { Measured } from "../judge.ts";
import {
  type Convergence,
  measureConvergence,
  measureIdle,
  measureRestarts,
  openBench,
  type ReconcilePlan,
  type Restore,
  settled,
  whileReconciling,
  withDb,
} from "./measure.ts";

/** 50 nodes with 32 adapters each; 14 come and 6 go on each: 1,000 changes, after which each has 40. */
const PLAN = { nodes: 50, before: 32, gone: 6, added: 14, load: { seed: 1, minMs: 200, maxMs: 2000, failShare: 0.05 } };
/** How long the nodes that are restarted stay away, ms. None at all is the hardest to notice. */
const DOWN_MS = [0, 4_000, 10_000];
const IDLE_TICKS = 5;
/** Until every node was polled. */
const WATCHED_MS = 4_000;
/** Rows that a tick renews by design: who runs the loop, and when it last did. */
const LEASE_TABLE = "Lease";

type Run = { converged: Convergence; idle: Map<string, number>; restores: Restore[] };

/** Job `reconcile`: the product's own loop on a real Postgres against light nodes. About 2.5 minutes a run. */
export const runReconcile = (options: { runs: number; log(line: string): void }): Promise<Measured[]> =>
  withOpened(async (keep) => {
    const postgres = keep(await startBenchPostgres(), stop);
    const runs: Run[] = [];
    for (let seed = 1; seed <= options.runs; seed += 1) {
      const run = await runOnce({ ...PLAN, load: { ...PLAN.load, seed } }, await postgres.freshCatalog());
      runs.push(run);
      options.log(`run ${seed}: ${formatRun(run)}`);
    }
    return measuredOf(runs);
  });

const runOnce = (plan: ReconcilePlan, openDb: () => Database): Promise<Run> =>
  withOpened(async (keep) => {
    const store = await openFolder(keep, "bench-store");
    const { bench, converged } = await withDb(openDb, async (db) => {
      const opened = await openBench(buildBenchDeps(db, store), plan);
      keep(opened.deps.outbound, (open) => open.close());
      keep(opened.fleet, stop);
      const convergence = await whileReconciling(opened, async () => {
        await sleep(WATCHED_MS);
        await settled(opened);
        return measureConvergence(opened);
      });
      return { bench: opened, converged: convergence };
    });
    const idle = await measureIdle(bench, openDb, IDLE_TICKS);
    const restores = await withDb(openDb, (db) => {
      const again = { ...bench, deps: { ...bench.deps, db } };
      return whileReconciling(again, async () => {
        await sleep(WATCHED_MS);
        return measureRestarts(again, DOWN_MS);
      });
    });
    return { converged, idle, restores };
  });

function measuredOf(runs: readonly Run[]): Measured[] {
  const ofRuns = (metric: string, value: (run: Run) => number): Measured => ({ metric, ours: runs.map(value) });
  const restores = runs.flatMap((run) => run.restores);
  const ofRestores = (metric: string, value: (restore: Restore) => number, from = restores): Measured => ({
    ...{ metric, ours: from.map(value) },
  });
  const away = restores.filter(({ downMs }) => downMs > 0);
  return [
    ofRuns("makespan_over_lower_bound", ({ converged: { makespanMs, busiestMs } }) => makespanMs / busiestMs),
    ofRuns("calls_over_changes", ({ converged: { calls, changes } }) => calls / changes),
    ofRuns("idle_tick_writes", ({ idle }) => rowsOf(idle) / IDLE_TICKS),
    ofRestores("restart_noticed", ({ noticedMs }) => noticedMs / 1000),
    ofRestores("restart_first_routable", ({ firstRoutableMs }) => firstRoutableMs / 1000, away),
    ofRestores("restart_first_routable_once_noticed", (r) => (r.firstRoutableMs - r.noticedMs) / 1000),
    ofRestores("restart_all_over_load_times", ({ allRoutableMs, loadMs }) => allRoutableMs / loadMs),
    {
      ...ofRuns("makespan_over_sequential_loop", ({ converged }) => converged.makespanMs),
      peer: { name: "all loads one by one", values: runs.map(({ converged }) => converged.oneByOneMs) },
    },
  ];
}

const rowsOf = (idle: ReadonlyMap<string, number>): number =>
  [...idle].reduce((sum, [table, count]) => (table === LEASE_TABLE ? sum : sum + count), 0);

function formatRun({ converged, idle, restores }: Run): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  return [
    `${converged.changes} changes in ${seconds(converged.makespanMs)} s, ${seconds(converged.busiestMs)} s on the busiest node;`,
    `idle ticks wrote ${[...idle].map(([table, count]) => `${table} ${count}`).join(", ") || "nothing"}; restarts`,
    ...restores.map(
      (one) =>
        `(away ${seconds(one.downMs)}: noticed ${seconds(one.noticedMs)}, all ${seconds(one.allRoutableMs)} of ${seconds(one.loadMs)})`,
    ),
  ].join(" ");
}
