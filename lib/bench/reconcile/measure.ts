import { setTimeout as sleep } from "node:timers/promises";
import { holdPlacement } from "#lib/fleet/hold-placement.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { releasePlacement } from "#lib/fleet/release-placement.ts";
import { type Deps, systemWrite } from "#lib/identity/ctx.ts";
import type { Database } from "#lib/platform/db.ts";
import { type FakeFleet, startFakeFleet } from "#lib/testbed/fake-fleet.ts";
import type { LoadPlan } from "#lib/testbed/fake-node.ts";
import {
  addNode,
  addVersions,
  type BenchVersion,
  countTombstones,
  countUnsettled,
  holderOf,
  type Proven,
  readProven,
  readWrites,
} from "./catalog-store.ts";

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

const POLL_MS = 25;
/** What the product's loop takes when it is not told otherwise. */
const INTERVAL_MS = 3_000;
/** Longer than any healthy run. */
const SETTLED_MS = 300_000;
/** A node with nothing in flight is done with unloaded files in seconds. */
const TOMBSTONES_MS = 60_000;
/** Until Postgres shows what a closed connection reported. */
const STATS_MS = 500;

/** A fleet of light nodes that is as it should be, on an empty catalog. */
export type Bench = {
  deps: Deps;
  plan: ReconcilePlan;
  fleet: FakeFleet;
  nodeIds: string[];
  gone: BenchVersion[];
  added: BenchVersion[];
};

export async function openBench(deps: Deps, plan: ReconcilePlan): Promise<Bench> {
  const { poolId, versions } = await addVersions(deps.db, deps.adapterStore, plan.before + plan.added);
  const loaded = versions.slice(0, plan.before);
  const fleet = startFakeFleet();
  const names = loaded.map(({ loraName, path }) => [loraName, path] as const);
  const { ports, startedAtMs } = await fleet.ask({
    ...{ kind: "start", plan: plan.load, loaded: Array(plan.nodes).fill(names) },
  });
  const nodeIds: string[] = [];
  for (const [index, port] of ports.entries()) {
    const node = { poolId, name: `bench-${index + 1}`, baseUrl: `http://127.0.0.1:${port}` };
    nodeIds.push(await addNode(deps.db, { ...node, processStartedAt: new Date(startedAtMs[index] ?? 0) }, loaded));
  }
  return { deps, plan, fleet, nodeIds, gone: loaded.slice(0, plan.gone), added: versions.slice(plan.before) };
}

/** Runs the product's loop while `work` does something. */
export async function whileReconciling<T>({ deps, plan }: Bench, work: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const { intervalMs } = plan;
  const loop = runReconcileLoop(deps, stop.signal, intervalMs === undefined ? {} : { intervalMs });
  try {
    return await work();
  } finally {
    stop.abort();
    await loop;
  }
}

/** Waits until nothing is left to do. @throws Error when that takes longer than any healthy run */
export const settled = ({ deps }: Bench): Promise<void> =>
  waitUntil(async () => (await countUnsettled(deps.db)) === 0, SETTLED_MS);

async function waitUntil(isSo: () => Promise<boolean>, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`the fleet did not settle within ${withinMs / 1000} s`);
    await sleep(POLL_MS);
  }
}

export type Convergence = {
  makespanMs: number;
  /** The busiest node's loads one after the other, failed ones too; and those of all nodes. */
  busiestMs: number;
  oneByOneMs: number;
  changes: number;
  /** Accepted loads and unloads. */
  calls: number;
};

/** Everything changes at once, in one transaction; ends when the catalog says that it is so. */
export async function measureConvergence(bench: Bench): Promise<Convergence> {
  const { deps, plan, gone, added, nodeIds } = bench;
  await bench.fleet.ask({ kind: "counts" });
  await systemWrite(deps, "bench", async (ctx) => {
    for (const version of added)
      await holdPlacement(ctx, { versionId: version.id, nodeIds, holder: holderOf(version), reason: "Benchmark." });
    for (const version of gone) await releasePlacement(ctx, { versionId: version.id, holder: holderOf(version) });
  });
  const startedAt = performance.now();
  await settled(bench);
  const makespanMs = performance.now() - startedAt;
  const { counts } = await bench.fleet.ask({ kind: "counts" });
  return {
    makespanMs,
    busiestMs: Math.max(...counts.map(({ loadMs }) => loadMs)),
    oneByOneMs: counts.reduce((sum, { loadMs }) => sum + loadMs, 0),
    changes: plan.nodes * (plan.added + plan.gone),
    calls: counts.reduce((sum, { loads, unloads }) => sum + loads + unloads, 0),
  };
}

/** Milliseconds from the first answer of the new process; `first` without that adapter's own load time. */
export type Restore = {
  adapters: number;
  downMs: number;
  noticedMs: number;
  firstRoutableMs: number;
  allRoutableMs: number;
  /** All loads one after the other. */
  loadMs: number;
};

/** Ends the first nodes' processes and brings each back empty after `downMs`; their loads succeed then. */
export async function measureRestarts(bench: Bench, downMs: readonly number[]): Promise<Restore[]> {
  const before = new Map((await readProven(bench.deps.db)).map((one) => [one.id, one]));
  const plan = { ...bench.plan.load, failShare: 0 };
  const restarted = bench.fleet.ask({ kind: "restart", downMs, plan });
  const nodes = downMs.map((_, index) => ({ id: bench.nodeIds[index] ?? "", noticed: 0, first: 0, all: 0 }));
  const check = async () => {
    const now = new Map((await readProven(bench.deps.db)).map((one) => [one.id, one]));
    for (const node of nodes) note(node, before.get(node.id), now.get(node.id));
    return nodes.every(({ all }) => all > 0);
  };
  await waitUntil(check, SETTLED_MS);
  const { answersAtMs } = await restarted;
  const { counts } = await bench.fleet.ask({ kind: "counts" });
  return nodes.map(({ id, noticed, first, all }, index) => {
    const at = answersAtMs[index] ?? Number.NaN;
    const { loadMs = 0, firstMs = 0 } = counts[index] ?? {};
    return {
      ...{ adapters: before.get(id)?.routable ?? 0, downMs: downMs[index] ?? 0, loadMs },
      ...{ noticedMs: noticed - at, firstRoutableMs: first - at - (firstMs ?? 0), allRoutableMs: all - at },
    };
  });
}

/** When the catalog showed first what became of a node. */
function note(node: { noticed: number; first: number; all: number }, before?: Proven, now?: Proven): void {
  if (!before || !now || now.epoch <= before.epoch) return;
  node.noticed ||= Date.now();
  if (now.routable > 0) node.first ||= Date.now();
  if (now.routable >= before.routable) node.all ||= Date.now();
}

/** Connections of their own: what they wrote is told when they close. */
export async function withDb<T>(openDb: () => Database, work: (db: Database) => Promise<T>): Promise<T> {
  const db = openDb();
  return work(db).finally(() => db.close());
}

/**
 * Rows written in so many ticks while nothing is to do, by table. No other connection to the
 * catalog may be open: it would tell late of what it wrote before.
 */
export async function measureIdle(bench: Bench, openDb: () => Database, ticks: number): Promise<Map<string, number>> {
  const reconcile = async (work: (db: Database) => Promise<void>) => {
    await withDb(openDb, (db) => whileReconciling({ ...bench, deps: { ...bench.deps, db } }, () => work(db)));
    await sleep(STATS_MS);
  };
  // files of what was unloaded last are given up a moment later
  await reconcile((db) => waitUntil(async () => (await countTombstones(db)) === 0, TOMBSTONES_MS));
  const before = await withDb(openDb, readWrites);
  await reconcile(() => sleep((ticks + 0.5) * (bench.plan.intervalMs ?? INTERVAL_MS)));
  const after = await withDb(openDb, readWrites);
  const writes = [...after].map(([table, count]) => [table, count - (before.get(table) ?? 0)] as const);
  return new Map(writes.filter(([, count]) => count > 0));
}
