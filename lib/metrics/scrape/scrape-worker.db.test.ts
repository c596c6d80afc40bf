import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Deps } from "#lib/identity/ctx.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { openDatabase } from "#lib/platform/db.ts";
import { createLease, readLeaseNote } from "#lib/platform/lease.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { createScrapeWorker } from "../loop.ts";
import { readNodeRollups } from "../node-minute/rollup-store.ts";
import * as seed from "../testing/seed-catalog.ts";
import { forgetCounted } from "../testing/store-rollups.ts";
import { scrapeTimes } from "./scrape-store.ts";
import { SCRAPE_LOOP } from "./scraper.ts";

const START = new Date("2026-11-24T23:57:00.000Z");
let database: TestDatabase;

/** Stands between the scraper and Postgres, which may go away. */
async function startDoor(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createTcpServer((socket) => {
    if (!isOpen) return void socket.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end.on("error", () => {}); // a cut connection is what the test is about
      end.on("close", () => {
        sockets.delete(end);
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.pipe(upstream).pipe(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    set(open: boolean) {
      isOpen = open;
      if (!open) for (const socket of sockets) socket.destroy();
    },
    close: () => server.close(),
  };
}

/** A node that counts requests; `held` replies wait until they are let go. */
async function startNode() {
  const node = { url: "", requests: 0, asked: 0, holds: false, held: [] as ServerResponse[], close: () => {} };
  const server = createServer((_request, response) => {
    node.asked += 1;
    server.emit("asked");
    if (node.holds) node.held.push(response);
    else node.held.splice(0).concat(response).forEach(reply);
  });
  const reply = (response: ServerResponse) =>
    response.end(`vllm:request_success_total ${node.requests}\nprocess_start_time_seconds 1700000000\n`);
  await once(server.listen(0, "127.0.0.1"), "listening");
  node.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  node.close = () => void server.close();
  const releaseHold = () => node.held.splice(0).forEach(reply);
  return Object.assign(node, { nextAsked: () => once(server, "asked"), releaseHold });
}

type World = Awaited<ReturnType<typeof startWorld>>;
async function startWorld() {
  const door = await startDoor(database.url);
  const clock = manualClock(START);
  const db = openDatabase(door.url, silentLog, 3);
  const outbound = createOutbound();
  const secrets = createSecrets("ab".repeat(32));
  const deps: Deps = { db, clock, log: silentLog, secrets, outbound, adapterStore: "/nowhere", gatewayUrl: "" };
  const poolId = await seed.seedPool(database.db);
  const node = await startNode();
  const nodeId = await seed.seedNode(database.db, { poolId, name: `n-${poolId}`, baseUrl: node.url, seenAt: START });
  const workerOf = (maxWaiting?: number) =>
    createScrapeWorker(deps, createLease(db, { name: SCRAPE_LOOP, holder: "test", ttlMs: 60_000 }), maxWaiting);
  const close = async () => {
    door.set(true);
    await outbound.close();
    await db.close();
    door.close();
    node.close();
  };
  return { door, clock, node, nodeId, poolId, workerOf, close };
}

const signal = new AbortController().signal;
async function pass({ clock, node }: World, worker: ReturnType<typeof createScrapeWorker>, ticks: number) {
  for (let tick = 0; tick < ticks; tick += 1) {
    node.requests += 10;
    worker.onInstant(signal);
    await worker.idle();
    clock.advance(10_000);
  }
}
const stored = ({ nodeId, clock }: World) =>
  database.db.read(platformScope, async (tx) => ({
    rows: await readNodeRollups(tx, { nodeIds: [nodeId], stepSeconds: 60, from: START, to: clock.now() }),
    note: await readLeaseNote(tx, SCRAPE_LOOP),
  }));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

let world: World;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await seed.forgetScrapes(database.db);
  await forgetCounted(database.db);
  await database.db.write(platformScope, ({ client }) => client.node.deleteMany());
  world = await startWorld();
  return () => world.close();
});
afterAll(() => database.close());

it("goes on scraping while Postgres is away for five minutes, over midnight, and loses nothing", async () => {
  const worker = world.workerOf();
  await pass(world, worker, 3);
  world.door.set(false);
  await pass(world, worker, 30);
  expect(world.node.asked).toBe(33);
  world.door.set(true);
  await pass(world, worker, 3);
  const { rows, note } = await stored(world);
  expect(rows).toHaveLength(6);
  expect(sum(rows.map(({ data }) => data.counters.requests ?? 0))).toBe(350);
  expect(sum(rows.map(({ scrapes }) => scrapes))).toBe(36);
  expect(note).toEqual({ nodes: 1, seen: 1, waiting: 0, lost: 0, lostAt: null, unseenSince: null });
  await worker.end();
});

it("knows when a node was seen last, and the next worker counts on from there", async () => {
  const seen = async () =>
    (await database.db.read(platformScope, (tx) => scrapeTimes(tx, [world.nodeId]))).get(world.nodeId);
  await pass(world, world.workerOf(), 3);
  expect(await seen()).toEqual(new Date(START.getTime() + 20_000));
  const next = world.workerOf();
  await pass(world, next, 1);
  expect(sum((await stored(world)).rows.map(({ data }) => data.counters.requests ?? 0))).toBe(30);
  world.node.close();
  await pass(world, next, 2);
  expect(await seen()).toEqual(new Date(START.getTime() + 30_000));
  await next.end();
});

it("gives up the oldest minutes when too many wait, and says how many; there the figures have a gap", async () => {
  const worker = world.workerOf(3);
  await pass(world, worker, 3);
  world.door.set(false);
  await pass(world, worker, 30);
  world.door.set(true);
  await pass(world, worker, 1);
  const { rows, note } = await stored(world);
  expect(note).toMatchObject({ nodes: 1, seen: 1, waiting: 0, lost: 3, lostAt: expect.any(String) });
  // the first minute as far as it was stored before, then the last three
  expect(rows.map(({ at }) => (at.getTime() - START.getTime()) / 60_000)).toEqual([0, 3, 4, 5]);
  expect(rows.map(({ data }) => data.seconds)).toEqual([20, 60, 60, 40]);
  await worker.end();
});

it("waits for a slow node with nobody else", async () => {
  const quick = await startNode();
  await seed.seedNode(database.db, { poolId: world.poolId, name: "quick", baseUrl: quick.url, seenAt: START });
  world.node.holds = true;
  const worker = world.workerOf();
  const both = Promise.all([quick.nextAsked(), world.node.nextAsked()]);
  worker.onInstant(signal);
  await both; // neither has to be answered before the other is asked
  world.node.holds = false;
  world.node.releaseHold();
  await worker.idle();
  expect((await stored(world)).note).toMatchObject({ nodes: 2, seen: 2 });
  quick.close();
  await worker.end();
});

it("says how many nodes could be read", async () => {
  await seed.seedNode(database.db, {
    poolId: world.poolId,
    name: "gone",
    baseUrl: "http://127.0.0.1:1",
    seenAt: START,
  });
  const worker = world.workerOf();
  await pass(world, worker, 1);
  expect((await stored(world)).note).toMatchObject({ nodes: 2, seen: 1 });
  await worker.end();
});

it("says since when none of its nodes could be read, until one is", async () => {
  const { nodeId } = world;
  const moveTo = (baseUrl: string) =>
    database.db.write(platformScope, ({ client }) => client.node.update({ where: { id: nodeId }, data: { baseUrl } }));
  await moveTo("http://127.0.0.1:1");
  const worker = world.workerOf();
  await pass(world, worker, 2);
  expect((await stored(world)).note).toMatchObject({ nodes: 1, seen: 0, unseenSince: START.toISOString() });
  await moveTo(world.node.url);
  await pass(world, worker, 1);
  expect((await stored(world)).note).toMatchObject({ nodes: 1, seen: 1, unseenSince: null });
  await worker.end();
});
