import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Deps } from "#lib/identity/ctx.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import {
  acted,
  deriveOnce,
  engineCounted,
  forgetNodes,
  record,
  type Sent,
  seededNumbers,
  sentTo,
} from "#lib/requests/testing/derived-world.ts";
import type { RollupStep } from "../rollup.ts";
import * as seed from "../testing/seed-catalog.ts";
import { countUses, deriveCache } from "./derive-cache.ts";
import { DERIVED_LOOP, derivedTurn } from "./derived-loop.ts";
import { countedMinutes, readDerivedSamples } from "./derived-rollup-store.ts";
import { DERIVED_COUNTERS } from "./derived-rows.ts";
import { readAlive } from "./derived-store.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const MINUTE = 60_000;
const LIMITS = { maxLoras: 2, maxCpuLoras: 4 };
const clock = manualClock(NOON);
let database: TestDatabase;
let deps: Deps;
let poolId: string;
let nodeId: string;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const [secrets, outbound] = [createSecrets("ab".repeat(32)), createOutbound()];
  deps = { db, clock, log: silentLog, secrets, outbound, adapterStore: "/nowhere", gatewayUrl: "" };
  poolId = await seed.seedPool(db);
  await db.write(platformScope, ({ client }) => client.pool.update({ where: { id: poolId }, data: LIMITS }));
});
afterAll(() => database.close());
beforeEach(async () => {
  await forgetNodes(database.db);
  clock.advance(NOON.getTime() - clock.now().getTime());
  nodeId = await addNode(new Date(NOON.getTime() - 30 * MINUTE));
});

async function addNode(createdAt: Date, beganEmptyAt: Date | null = createdAt): Promise<string> {
  count += 1;
  const id = await seed.seedNode(database.db, {
    poolId,
    name: `node-${count}`,
    baseUrl: `http://n${count}.test`,
    seenAt: NOON,
  });
  await database.db.write(platformScope, ({ client }) =>
    client.node.update({ where: { id }, data: { createdAt, beganEmptyAt } }),
  );
  return id;
}
const rows = async (stepSeconds: RollupStep = 60, id = nodeId) => {
  const window = { from: new Date(0), to: new Date(NOON.getTime() + 90 * 86_400_000) };
  const query = { nodeIds: [id], stepSeconds, ...window };
  const names = [...DERIVED_COUNTERS, "adaptersPeak"] as const;
  const [samples, counted] = await database.db.read(platformScope, async (tx) => [
    await readDerivedSamples(tx, query, names),
    (await countedMinutes(tx, window, id)).get(id) ?? [],
  ]);
  return samples
    .map(({ at, seconds, uncertainty, values }) => {
      const [evictionsGpu = 0, evictionsCpu = 0, swapsGpu = 0, swapsCpu = 0, swapsDisk = 0, adaptersPeak = 0] = values;
      const minute = counted.find(({ atMs }) => atMs === at);
      return {
        ...{
          at: new Date(at),
          seconds,
          uncertainty,
          evictionsGpu,
          evictionsCpu,
          swapsGpu,
          swapsCpu,
          swapsDisk,
          adaptersPeak,
        },
        ...{ counted: minute?.counted ?? null, ours: minute?.ours ?? null },
      };
    })
    .sort((one, other) => one.at.getTime() - other.at.getTime());
};
type Row = Awaited<ReturnType<typeof rows>>[number];
const sumOf = (all: readonly Row[]) => ({
  evictions: {
    gpu: all.reduce((sum, row) => sum + row.evictionsGpu, 0),
    cpu: all.reduce((sum, row) => sum + row.evictionsCpu, 0),
  },
  swaps: {
    gpu: all.reduce((sum, row) => sum + row.swapsGpu, 0),
    cpu: all.reduce((sum, row) => sum + row.swapsCpu, 0),
    disk: all.reduce((sum, row) => sum + row.swapsDisk, 0),
  },
});

/** So many requests over six adapters, one or two at a time, in the minutes before a moment. */
function traffic(requests: number, until: Date, minutes: number): Sent[] {
  const next = seededNumbers(requests);
  const gapMs = (minutes * MINUTE) / requests;
  const start = until.getTime() - minutes * MINUTE;
  return Array.from({ length: requests }, (_, index) => ({
    loraName: `adapter-${next(6)}`,
    at: new Date(start + Math.floor(index * gapMs)),
    seconds: (gapMs / 1000) * (0.3 + next(15) / 10),
  }));
}
/** All at once, as whoever asks for the swaps of the whole time would have it. */
async function atOnce(id = nodeId) {
  const window = { from: new Date(NOON.getTime() - 60 * MINUTE), to: clock.now() };
  const requests = await database.db.read(platformScope, (tx) => readAlive(tx, id, window));
  return countUses(deriveCache(requests, [], LIMITS, "empty").uses);
}

describe("the loop that follows nodes", () => {
  it("comes to the same in turns, with a kill in between, as all at once", async () => {
    const sent = traffic(600, NOON, 25);
    let holder = 0;
    // half a minute a turn; what ended since is known, and a worker dies after each third turn
    for (let at = NOON.getTime() - 25 * MINUTE; at <= NOON.getTime() + 5 * MINUTE; at += 30_000) {
      clock.advance(at - clock.now().getTime());
      const known = sent.map((one) => sentTo(nodeId, one)).filter(({ endedAt }) => endedAt.getTime() <= at - 1_000);
      await record(
        deps,
        known.filter(({ endedAt }) => endedAt.getTime() > at - 31_000),
      );
      await deriveOnce(deps, `worker-${Math.floor(holder++ / 3)}`);
    }
    const told = sumOf(await rows());
    expect(told).toEqual(await atOnce());
    expect(told.evictions.gpu).toBeGreaterThan(100);
    expect(told.swaps.disk).toBeGreaterThan(50);
    for (const step of [300, 3600] as const) expect(sumOf(await rows(step))).toEqual(told);
    expect((await rows()).every(({ uncertainty }) => uncertainty === null)).toBe(true);
    // again, and nothing counts twice
    await deriveOnce(deps);
    expect(sumOf(await rows())).toEqual(told);
  });

  it("keeps nothing of a turn whose lease is another's by then", async () => {
    await record(
      deps,
      traffic(30, NOON, 5).map((one) => sentTo(nodeId, one)),
    );
    const lease = createLease(database.db, { name: DERIVED_LOOP, holder: "slow", ttlMs: 60_000 });
    const term = (await lease.acquire()) ?? 0n;
    const stale = { term: term - 1n, signal: new AbortController().signal };
    await expect(derivedTurn(deps, stale)).rejects.toThrow(/took over/);
    expect(await rows()).toEqual([]);
    await lease.release(term);
  });

  it("tells the peak of adapters and since when it is exact", async () => {
    nodeId = await addNode(new Date(NOON.getTime() - 10 * MINUTE), null);
    const at = (minutes: number) => new Date(NOON.getTime() - minutes * MINUTE);
    const asked = ["a", "b", "c", "a", "d", "e", "f"];
    await record(
      deps,
      asked.map((loraName, index) => sentTo(nodeId, { loraName, at: at(8 - index), seconds: 90 })),
    );
    await deriveOnce(deps);
    const told = await rows();
    expect(told.map(({ uncertainty }) => uncertainty)).toEqual([...Array(7).fill("start"), null, null, null]);
    expect(Math.max(...told.map(({ adaptersPeak }) => adaptersPeak))).toBe(2);
    expect(told.at(-1)?.seconds).toBe(55);
  });

  it("takes in what is told late, and says of what came too late that it was not exact", async () => {
    const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);
    const six = (id: string) => ["a", "b", "c"].map((loraName, index) => sentTo(id, { loraName, at: at(20 * index) }));
    await record(deps, six(nodeId));
    clock.advance(2 * MINUTE);
    await deriveOnce(deps);
    // ninety seconds late is in time
    await record(deps, [sentTo(nodeId, { loraName: "d", at: at(50), seconds: 1 })]);
    await deriveOnce(deps);
    expect(sumOf(await rows()).swaps.disk).toBe(4);
    clock.advance(6 * MINUTE);
    await deriveOnce(deps);
    expect((await rows()).every(({ uncertainty }) => uncertainty === null)).toBe(true);
    // seven minutes on the way
    await record(deps, [sentTo(nodeId, { loraName: "e", at: at(65), seconds: 420 })]);
    await deriveOnce(deps);
    const late = (await rows())
      .filter(({ uncertainty }) => uncertainty === "late")
      .map((row) => row.at.getTime() - NOON.getTime());
    expect(late).toEqual([1, 2, 3].map((minute) => minute * MINUTE));
    expect(sumOf(await rows()).swaps.disk).toBe(5);
  });

  it("begins anew with a restart, and follows every other node where one cannot be", async () => {
    const broken = await addNode(new Date(NOON.getTime() - 30 * MINUTE));
    await database.db.write(platformScope, ({ client }) =>
      client.node.update({
        where: { id: broken },
        data: { limits: { maxLoras: { value: 0, source: "measured" }, maxCpuLoras: { value: 0, source: "measured" } } },
      }),
    );
    const at = (minutes: number) => new Date(NOON.getTime() - minutes * MINUTE);
    await acted(deps, nodeId, "load", at(20), "a");
    await acted(deps, nodeId, "load", at(20), "a");
    await acted(deps, nodeId, "restart", at(10));
    await acted(deps, nodeId, "load", at(9), "a");
    expect(await deriveOnce(deps)).toEqual([`node-${count}`]);
    expect(sumOf(await rows()).swaps.disk).toBe(2);
    expect(await rows(60, broken)).toEqual([]);
  });

  it("forgets nodes that are gone", async () => {
    await deriveOnce(deps);
    await database.db.write(platformScope, ({ client }) => client.node.delete({ where: { id: nodeId } }));
    await deriveOnce(deps);
    expect(await database.db.read(platformScope, ({ client }) => client.derivedCheckpoint.count())).toBe(0);
  });

  it("goes on after nine days without a worker, though nobody made the partitions of those days", async () => {
    await deriveOnce(deps);
    const [before] = (await rows()).slice(-1);
    clock.advance(9 * 86_400_000);
    for (let turn = 0; turn < 3; turn += 1) expect(await deriveOnce(deps)).toEqual([]);
    expect((await rows()).at(-1)?.at.getTime()).toBeGreaterThan(before?.at.getTime() ?? Number.POSITIVE_INFINITY);
  });
});

describe("traffic from elsewhere", () => {
  const at = (minutes: number) => new Date(NOON.getTime() + minutes * MINUTE);
  /** Twelve minutes of three requests each; the engine counted so many more in each, or null = nothing at all. */
  async function twelveMinutes(more: ((minute: number) => number) | null) {
    const sent = Array.from({ length: 36 }, (_, index) => ({
      loraName: `adapter-${index % 3}`,
      at: new Date(at(0).getTime() + index * 20_000),
    }));
    await record(
      deps,
      sent.map((one) => sentTo(nodeId, one)),
    );
    if (more !== null)
      for (let minute = 0; minute < 12; minute += 1)
        await engineCounted(deps, nodeId, at(minute), { requests: 3 + more(minute) });
    for (const minutes of [6, 9, 12, 13.2]) {
      clock.advance(at(minutes).getTime() - clock.now().getTime());
      await deriveOnce(deps);
    }
    return (await rows()).filter((row) => row.at >= at(0) && row.at < at(12));
  }

  it("weakens the figures from the minute in which it began", async () => {
    const told = await twelveMinutes((minute) => (minute < 5 ? 0 : 4));
    expect(told.map(({ counted, ours }) => [counted, ours])).toEqual([
      ...Array(5).fill([3, 3]),
      ...Array(7).fill([7, 3]),
    ]);
    expect(told.map(({ uncertainty }) => uncertainty)).toEqual([...Array(5).fill(null), ...Array(7).fill("foreign")]);
  });

  it("is not seen in what comes in between, or where nobody counted", async () => {
    expect((await twelveMinutes(null)).every(({ uncertainty }) => uncertainty === null)).toBe(true);
  });

  it("is not what a load probe asks", async () => {
    await acted(deps, nodeId, "probe", at(8));
    const told = await twelveMinutes((minute) => (minute === 8 ? 48 : 0));
    expect(told.every(({ uncertainty }) => uncertainty === null)).toBe(true);
  });

  it("is seen beside a load probe all the same", async () => {
    await acted(deps, nodeId, "probe", at(8));
    const told = await twelveMinutes((minute) => (minute < 5 ? 0 : 4) + (minute === 8 ? 48 : 0));
    expect(told.map(({ uncertainty }) => uncertainty)).toEqual([...Array(5).fill(null), ...Array(7).fill("foreign")]);
  });
});
