import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { manualClock } from "#lib/platform/clock.ts";
import { createLease, readLeaseNote } from "#lib/platform/lease.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { forMany } from "#lib/platform/shared-signal.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { createScrapeWorker } from "../loop.ts";
import { readNodeRollups } from "../node-minute/rollup-store.ts";
import * as seed from "../testing/seed-catalog.ts";
import { forgetCounted } from "../testing/store-rollups.ts";
import { scrapeNodes } from "./scrape-nodes.ts";
import { SCRAPE_LOOP } from "./scraper.ts";

const START = new Date("2026-11-24T12:00:00.000Z");
const DAY_MS = 86_400_000;
const signal = forMany(new AbortController().signal);
const outbound = createOutbound();
const secrets = createSecrets("ab".repeat(32));
const clock = manualClock(START);
let database: TestDatabase;
let poolId: string;
const closers: (() => void)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  clock.advance(START.getTime() - clock.now().getTime());
  await seed.forgetScrapes(database.db);
  await forgetCounted(database.db);
  await database.db.write(platformScope, ({ client }) => client.node.deleteMany());
  poolId = await seed.seedPool(database.db);
  return () => {
    for (const close of closers.splice(0)) close();
  };
});
afterAll(async () => {
  await outbound.close();
  await database.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const nodeAt = (name: string, baseUrl: string) => seed.seedNode(database.db, { poolId, name, baseUrl, seenAt: START });

/** A node that counts requests; `is` says how it answers. */
async function countingNode(name: string) {
  const node = { id: "", requests: 0, is: "well" as "well" | "ill" | "gone" };
  const url = await serve((request, response) => {
    if (node.is === "gone") return void request.socket.destroy();
    response.statusCode = node.is === "ill" ? 503 : 200;
    response.end(`vllm:request_success_total ${node.requests}\nprocess_start_time_seconds 1700000000\n`);
  });
  node.id = await nodeAt(name, url);
  return node;
}
type Counting = Awaited<ReturnType<typeof countingNode>>;

const startWorker = () => {
  const deps = { db: database.db, clock, log: silentLog, secrets, outbound, adapterStore: "/nowhere", gatewayUrl: "" };
  return createScrapeWorker(deps, createLease(database.db, { name: SCRAPE_LOOP, holder: "test", ttlMs: 60_000 }));
};
/** Scrapes every ten seconds, between which the node answers ten requests. */
async function pass(worker: ReturnType<typeof createScrapeWorker>, node: Counting, ticks: number, before = () => {}) {
  for (let tick = 0; tick < ticks; tick += 1) {
    node.requests += 10;
    before();
    worker.onInstant(signal);
    await worker.idle();
    clock.advance(10_000);
  }
}
async function stored({ id }: Counting) {
  const window = { from: new Date(START.getTime() - DAY_MS), to: new Date(START.getTime() + 3 * DAY_MS) };
  const rows = await database.db.read(platformScope, (tx) =>
    readNodeRollups(tx, { nodeIds: [id], stepSeconds: 60, ...window }),
  );
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    rows,
    requests: sum(({ data }) => data.counters.requests ?? 0),
    seconds: sum(({ data }) => data.seconds),
    scrapes: sum(({ scrapes }) => scrapes),
  };
}
const note = () => database.db.read(platformScope, (tx) => readLeaseNote(tx, SCRAPE_LOOP));

it("a node that flaps loses no request between two scrapes that succeeded, and is unknown in between", async () => {
  const node = await countingNode("flaps");
  const worker = startWorker();
  const states = ["well", "ill", "gone"] as const;
  let turn = 0;
  await pass(worker, node, 19, () => {
    node.is = states[turn++ % states.length] ?? "well";
  });
  expect(await note()).toMatchObject({ nodes: 1, seen: 1, lost: 0 });
  expect(await stored(node)).toMatchObject({ requests: 180, seconds: 180, scrapes: 7 });
  await pass(worker, node, 1, () => {
    node.is = "gone";
  });
  expect(await note()).toMatchObject({ nodes: 1, seen: 0 });
  await worker.end();
});

it.each([
  ["the same worker", false],
  ["another worker", true],
])("a day without a scrape is a gap that nothing is booked into, when %s goes on after it", async (_, isOther) => {
  const node = await countingNode("slept");
  const first = startWorker();
  await pass(first, node, 6);
  if (isOther) await first.end();
  clock.advance(DAY_MS);
  node.requests += 1_000_000;
  const second = isOther ? startWorker() : first;
  await pass(second, node, 6);
  const { rows, requests, seconds } = await stored(node);
  expect({ requests, seconds }).toEqual({ requests: 100, seconds: 100 });
  const minutes = rows.map(({ at }) => (at.getTime() - START.getTime()) / 60_000);
  expect(minutes.filter((minute) => minute > 0 && minute < DAY_MS / 60_000)).toEqual([]);
  await second.end();
});

it("a clock that jumps five minutes ahead and back books no request twice, and is counted on afterwards", async () => {
  const node = await countingNode("jumps");
  const worker = startWorker();
  await pass(worker, node, 6);
  clock.advance(5 * 60_000);
  await pass(worker, node, 6);
  clock.advance(-5 * 60_000);
  await pass(worker, node, 60);
  const { rows, requests } = await stored(node);
  expect(await note()).toMatchObject({ seen: 1, waiting: 0, lost: 0 });
  expect(requests).toBeLessThanOrEqual(710);
  expect(Math.min(...rows.map(({ data }) => data.seconds))).toBeGreaterThanOrEqual(0);
  // nowhere more than there were: minutes that the clock went through twice are stored once
  for (const { data } of rows)
    if (data.seconds > 0) expect((data.counters.requests ?? 0) / data.seconds).toBeCloseTo(1, 5);
  // once the clock has come to where it was, all is as before
  const last = rows.slice(-4).map(({ data }) => [data.seconds, data.counters.requests]);
  expect(last).toEqual(Array.from({ length: 4 }, () => [60, 60]));
  await worker.end();
});

/** Sends a text that never ends before `bytes`, as fast as it is taken. */
const flood =
  (bytes: number, sent: { bytes: number }): RequestListener =>
  (_, response) => {
    const line = Buffer.from("# padding that a scraper reads over\n".repeat(2_000));
    const more = () => {
      while (sent.bytes < bytes && !response.destroyed) {
        sent.bytes += line.length;
        if (!response.write(line)) return;
      }
      response.end();
    };
    response.on("drain", more);
    more();
  };

it("a node that answers with a gigabyte is cut off and told as unknown, and the others are read all the same", async () => {
  const sent = { bytes: 0 };
  await nodeAt("floods", await serve(flood(1_000_000_000, sent)));
  const node = await countingNode("small");
  const worker = startWorker();
  await pass(worker, node, 2);
  expect(await note()).toMatchObject({ nodes: 2, seen: 1 });
  expect(await stored(node)).toMatchObject({ requests: 10, scrapes: 2 });
  expect(sent.bytes).toBeLessThan(150_000_000); // two scrapes of 32 MB, and what lay in sockets
  await worker.end();
});

it("many nodes with huge texts at once have a bound in common, and who is of usual size is read whatever they do", async () => {
  const many = 12;
  let isFull = false;
  const open = new Set<ServerResponse>();
  /** Each sends all but its end, and waits with that until one of them was cut off. */
  const large = await serve((_, response) => {
    open.add(response);
    response.write("# padding\n".repeat(300_000));
    if (isFull) response.end();
    response.on("close", () => {
      isFull = true;
      for (const one of open) one.end();
    });
  });
  const small = await serve((_, response) =>
    response.end(`${"# padding\n".repeat(90_000)}vllm:request_success_total 5\n`),
  );
  const target = (id: string, baseUrl: string) => ({
    ...{ id, poolId, baseUrl, standalone: false, sealedKey: null, epoch: 1, simulated: true },
  });
  const targets = [
    ...Array.from({ length: many }, (_, index) => target(`large-${index}`, `${large}/${index}`)),
    ...Array.from({ length: many }, (_, index) => target(`small-${index}`, `${small}/${index}`)),
  ];
  const scrapes = await scrapeNodes({ secrets, outbound }, targets, new Map(), signal, 10_000_000);
  const read = scrapes.filter(({ result }) => result.ok).map(({ result }) => result.nodeId);
  expect(read.filter((id) => id.startsWith("small"))).toHaveLength(many);
  const refused = scrapes.flatMap(({ result }) => (result.ok ? [] : result.error));
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused) expect(error).toContain("too many large replies");
  const alone = await scrapeNodes({ secrets, outbound }, targets.slice(0, 1), new Map(), signal, 10_000_000);
  expect(alone).toMatchObject([{ result: { ok: true } }]);
});
