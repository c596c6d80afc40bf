import { setTimeout as sleep } from "node:timers/promises";
import { noteLoaded, noteRestart, type ServingVersion } from "#lib/testbed/serving-store.ts";
import type { HealthyTimes } from "./healthy-times.ts";
import { NODE_FAULTS } from "./node-messages.ts";
import { loraNamesOf, type SoakWorld } from "./soak-world.ts";

/** What was done to the fleet, each with how often. */
export type FaultCounts = Record<string, number>;

export type ChaosPlan = {
  chance: () => number;
  times: HealthyTimes;
  counts: FaultCounts;
  /** Ends the faults; those under way are made good. */
  over: AbortSignal;
  /** Between two faults of a node, ms. */
  pauseMs: { min: number; max: number };
};

/** Its breaker may have opened: that gives it a second, and then one request. */
const BREAKER_MS = 2_000;

const between = (chance: () => number, min: number, max: number): number => min + chance() * (max - min);

/** Does one thing after the other to one node, until it is over; leaves it running with all names. */
export async function troubleNode(world: SoakWorld, index: number, plan: ChaosPlan): Promise<void> {
  const { chance, counts, over, pauseMs } = plan;
  const actions: readonly [name: string, run: () => Promise<void>][] = [
    ["killed and restarted", () => restart(world, index, plan)],
    ["dropped and back", () => dropOut(world, index, plan)],
    ["frozen", () => freeze(world, index, plan)],
    ["frozen, then killed", () => freezeThenKill(world, index, plan)],
    ["misbehaving", () => misbehave(world, index, plan)],
    ["misbehaving", () => misbehave(world, index, plan)],
  ];
  while (!over.aborted) {
    await pause(between(chance, pauseMs.min, pauseMs.max), over);
    if (over.aborted) return;
    const [name, run] = actions[Math.floor(chance() * actions.length)] ?? actions[0] ?? ["", async () => {}];
    counts[name] = (counts[name] ?? 0) + 1;
    await run();
  }
}

/** The database goes away and comes back, until it is over. */
export async function troublePostgres(world: SoakWorld, plan: ChaosPlan): Promise<void> {
  const { chance, counts, over, pauseMs } = plan;
  while (!over.aborted) {
    await pause(between(chance, pauseMs.min * 2, pauseMs.max * 2), over);
    if (over.aborted) return;
    counts["Postgres stopped"] = (counts["Postgres stopped"] ?? 0) + 1;
    await exclusively(world, async () => {
      await world.postgres.goAway();
      await pause(between(chance, 500, 6_000), over);
      await world.postgres.comeBack();
    });
  }
}

/** A new process without adapters; the reconcile loop's part is played here: a new epoch, loads, proofs. */
async function restart(world: SoakWorld, index: number, { chance, times }: ChaosPlan): Promise<void> {
  const node = nodeAt(world, index);
  times.ill(index, performance.now());
  await node.kill();
  await sleep(between(chance, 200, 3_000));
  await node.start([]);
  await reload(world, index, between(chance, 100, 1_500));
  times.well(index, performance.now());
}

async function reload(world: SoakWorld, index: number, loadMs: number): Promise<void> {
  const nodeId = world.pool.nodeIds[index] ?? "";
  await exclusively(world, () => noteRestart(world.db, nodeId));
  await sleep(loadMs);
  await nodeAt(world, index).setNames(loraNamesOf(world.pool));
  await exclusively(world, () => noteLoaded(world.db, nodeId, allVersions(world)));
}

/** Its connections break and it is back with all it had, before anybody wrote a word about it. */
async function dropOut(world: SoakWorld, index: number, { chance, times }: ChaosPlan): Promise<void> {
  const node = nodeAt(world, index);
  times.ill(index, performance.now());
  await node.kill();
  await sleep(between(chance, 0, 1_500));
  await node.start(loraNamesOf(world.pool));
  times.well(index, performance.now());
}

async function freeze(world: SoakWorld, index: number, { chance, times }: ChaosPlan): Promise<void> {
  const node = nodeAt(world, index);
  times.ill(index, performance.now());
  node.freeze();
  await sleep(between(chance, 300, 12_000));
  node.thaw();
  times.well(index, performance.now());
}

async function freezeThenKill(world: SoakWorld, index: number, plan: ChaosPlan): Promise<void> {
  const node = nodeAt(world, index);
  plan.times.ill(index, performance.now());
  node.freeze();
  await sleep(between(plan.chance, 300, 6_000));
  await restart(world, index, plan);
}

/**
 * Some of its requests go wrong. Another node can take each of them, but for those that had begun to answer; where there is
 * no other, nobody can: so it counts as ill until it answers all requests again.
 */
async function misbehave(world: SoakWorld, index: number, { chance, times }: ChaosPlan): Promise<void> {
  const node = nodeAt(world, index);
  const fault = NODE_FAULTS[Math.floor(chance() * NODE_FAULTS.length)] ?? "reset_before";
  times.ill(index, performance.now());
  await node.misbehave(fault, fault === "reset_after" ? 1 : 1 + Math.floor(chance() * 8));
  await sleep(between(chance, 500, 2_000));
  await node.behave();
  times.well(index, performance.now(), BREAKER_MS);
}

const nodeAt = ({ nodes }: SoakWorld, index: number) => {
  const node = nodes[index];
  if (!node) throw new Error(`there is no node ${index}`);
  return node;
};

const allVersions = ({ pool }: SoakWorld): ServingVersion[] =>
  pool.tenants.flatMap(({ adapters }) => adapters.flatMap(({ versions }) => versions));

const pause = (ms: number, over: AbortSignal): Promise<void> => sleep(ms, undefined, { signal: over }).catch(() => {});

const last = new WeakMap<SoakWorld, Promise<unknown>>();
/** One after the other: nobody writes while the database is away. */
function exclusively<T>(world: SoakWorld, work: () => Promise<T>): Promise<T> {
  const turn = (last.get(world) ?? Promise.resolve()).then(work);
  last.set(
    world,
    turn.catch(() => {}),
  );
  return turn;
}
