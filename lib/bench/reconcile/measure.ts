import { setTimeout as sleep } from "node:timers/promises";
import { holdPlacement } from "#lib/fleet/hold-placement.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { releasePlacement } from "#lib/fleet/release-placement.ts";
import { type Deps, systemWrite } from "#lib/identity/ctx.ts";
import type { Database } from "#lib/platform/db.ts";
import {
  addNode,
  addVersions,
  type BenchVersion,
  countTombstones,
  countUnsettled,
  holderOf,
  readRestore,
  readWrites,
} from "./catalog-store.ts";
import { type FakeFleet, startFakeFleet } from "./fake-fleet.ts";
import type { FakeCounts } from "./fake-node.ts";
import type { LoadPlan } from "./load-times.ts";

export type ReconcilePlan = {
  nodes: number;
  /** Versions on every node: loaded before, of which some go, and new ones. */
  before: number;
  gone: number;
  added: number;
  load: LoadPlan;
  /** Of the reconcile loop; the product's own when not given. */
  intervalMs?: number;
};

/** 50 nodes with 32 adapters each; 14 come and 6 go on each: 1,000 changes, after which each has 40. */
export const FULL_PLAN: ReconcilePlan = {
  nodes: 50,
  before: 32,
  gone: 6,
  added: 14,
  load: { seed: 1, minMs: 200, maxMs: 2000, failShare: 0.05 },
};

const POLL_MS = 25;
/** What the product's loop takes when it is not told otherwise. */
const INTERVAL_MS = 3_000;
/** A node with nothing in flight is done with unloaded files in seconds. */
const TOMBSTONES_MS = 60_000;
/** Until Postgres shows what a closed connection reported. */
const STATS_MS = 500;

/** A fleet of simulated nodes that is as it should be, on an empty catalog. */
export type Bench = {
  deps: Deps;
  plan: ReconcilePlan;
  fleet: FakeFleet;
  nodeIds: string[];
  versions: { kept: BenchVersion[]; gone: BenchVersion[]; added: BenchVersion[] };
  close(): Promise<void>;
};

export async function openBench(deps: Deps, plan: ReconcilePlan): Promise<Bench> {
  const { poolId, versions } = await addVersions(deps.db, deps.adapterStore, plan.before + plan.added);
  const loaded = versions.slice(0, plan.before);
  const fleet = startFakeFleet();
  const names = loaded.map(({ loraName, path }) => [loraName, path] as const);
  const started = await fleet.ask({ kind: "start", plan: plan.load, loaded: Array(plan.nodes).fill(names) });
  const nodeIds: string[] = [];
  for (const [index, port] of started.ports.entries()) {
    const startedAt = new Date(started.startedAtMs[index] ?? 0);
    const name = `bench-${index + 1}`;
    nodeIds.push(await addNode(deps.db, { poolId, name, baseUrl: `http://127.0.0.1:${port}`, startedAt, loaded }));
  }
  const parts = { gone: loaded.slice(0, plan.gone), kept: loaded.slice(plan.gone), added: versions.slice(plan.before) };
  return { deps, plan, fleet, nodeIds, versions: parts, close: () => fleet.stop() };
}

/** Runs the product's loop while `work` does something. */
export async function whileReconciling<T>(bench: Bench, work: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const { intervalMs } = bench.plan;
  const loop = runReconcileLoop(bench.deps, stop.signal, intervalMs === undefined ? {} : { intervalMs });
  try {
    return await work();
  } finally {
    stop.abort();
    await loop;
  }
}

/** Waits until nothing is left to do. @throws Error when that takes longer than any healthy run */
export async function settled(bench: Bench, withinMs = 300_000): Promise<void> {
  await waitUntil(async () => (await countUnsettled(bench.deps.db)) === 0, withinMs);
}

async function waitUntil(isSo: () => Promise<boolean>, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`the fleet did not settle within ${withinMs / 1000} s`);
    await sleep(POLL_MS);
  }
}

export type Convergence = {
  makespanMs: number;
  /** The busiest node's loads one after the other, failed ones too. */
  lowerBoundMs: number;
  changes: number;
  /** Accepted loads and unloads. */
  calls: number;
  failedLoads: number;
  /** CPU time of this process, the loop's, meanwhile. */
  cpuMs: number;
};

/** Everything changes at once, in one transaction; ends when the catalog says that it is so. */
export async function measureConvergence(bench: Bench): Promise<Convergence> {
  const { deps, plan, versions, nodeIds } = bench;
  await bench.fleet.ask({ kind: "counts" });
  await systemWrite(deps, "bench", async (ctx) => {
    for (const version of versions.added)
      await holdPlacement(ctx, { versionId: version.id, nodeIds, holder: holderOf(version), reason: "Benchmark." });
    for (const version of versions.gone)
      await releasePlacement(ctx, { versionId: version.id, holder: holderOf(version) });
  });
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await settled(bench);
  const makespanMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  const { counts } = await bench.fleet.ask({ kind: "counts" });
  const sum = (of: (count: FakeCounts) => number) => counts.reduce((total, count) => total + of(count), 0);
  return {
    makespanMs,
    lowerBoundMs: Math.max(...counts.map(({ loadMs }) => loadMs)),
    changes: plan.nodes * (plan.added + plan.gone),
    calls: sum(({ loads, unloads }) => loads + unloads),
    failedLoads: sum(({ failedLoads }) => failedLoads),
    cpuMs: (cpu.user + cpu.system) / 1000,
  };
}

export type Restore = {
  adapters: number;
  downMs: number;
  /** From the first answer of the new process. */
  noticedMs: number;
  /** Likewise, without the first adapter's own load time. */
  firstRoutableMs: number;
  allRoutableMs: number;
  /** All loads one after the other. */
  loadMs: number;
};

/** Ends one node's process and brings it back empty after `downMs`; its loads succeed then. */
export async function measureRestart(bench: Bench, index: number, downMs: number): Promise<Restore> {
  const { db } = bench.deps;
  const nodeId = bench.nodeIds[index] ?? "";
  const before = await readRestore(db, nodeId);
  const plan = { ...bench.plan.load, failShare: 0 };
  const { answersAtMs } = await bench.fleet.ask({ kind: "restart", index, downMs, plan });
  const isNew = ({ epoch }: typeof before) => epoch > before.epoch;
  /** Milliseconds from the first answer until the catalog shows it. */
  const until = async (shown: (seen: typeof before) => boolean): Promise<number> => {
    for (;;) {
      const seen = await readRestore(db, nodeId);
      const sinceMs = Date.now() - answersAtMs;
      if (shown(seen)) return sinceMs;
      if (sinceMs > 300_000) throw new Error(`${nodeId} was not restored within 300 s`);
      await sleep(POLL_MS);
    }
  };
  const noticedMs = await until(isNew);
  const firstMs = await until((seen) => isNew(seen) && seen.routable > 0);
  const allRoutableMs = await until((seen) => isNew(seen) && seen.routable >= before.routable);
  const [own] = (await bench.fleet.ask({ kind: "counts", index })).counts;
  return {
    adapters: before.routable,
    downMs,
    noticedMs,
    firstRoutableMs: firstMs - (own?.first?.loadMs ?? 0),
    allRoutableMs,
    loadMs: own?.loadMs ?? 0,
  };
}

export type Idle = { ticks: number; writes: Map<string, number> };

/**
 * Rows written while nothing is to do, by table. The loop runs on connections of its own, since a connection tells what
 * it wrote when it closes.
 */
export async function measureIdle(bench: Bench, openDb: () => Database, ticks: number): Promise<Idle> {
  const read = async () => {
    const db = openDb();
    try {
      return await readWrites(db);
    } finally {
      await db.close();
    }
  };
  const reconcile = async (work: (db: Database) => Promise<void>) => {
    const db = openDb();
    await whileReconciling({ ...bench, deps: { ...bench.deps, db } }, () => work(db));
    await db.close();
    await sleep(STATS_MS);
  };
  // files of what was unloaded last are given up a moment later
  await reconcile((db) => waitUntil(async () => (await countTombstones(db)) === 0, TOMBSTONES_MS));
  const before = await read();
  await reconcile(() => sleep((ticks + 0.5) * (bench.plan.intervalMs ?? INTERVAL_MS)));
  const after = await read();
  const writes = [...after].map(([table, count]) => [table, count - (before.get(table) ?? 0)] as const);
  return { ticks, writes: new Map(writes.filter(([, count]) => count > 0)) };
}
