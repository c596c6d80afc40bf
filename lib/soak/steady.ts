import { readdirSync, readlinkSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "#lib/testbed/quantile.ts";
import { type AskClient, createAskClient } from "./ask-client.ts";
import { type Ask, createAsks } from "./asks.ts";
import { checkReply } from "./check-reply.ts";
import type { SoakOptions, SoakResult } from "./soak-result.ts";
import { chanceOf, openSoakWorld, type SoakWorld, violationsOf } from "./soak-world.ts";

const FULL_MS = 10 * 60_000;
const TENANTS = 20;
const AT_ONCE = 16;
const THINK_MS = 40;
const TIMEOUT_MS = 30_000;
/** Of the time, before memory counts: code is compiled and pools fill. */
const WARM_UP_SHARE = 0.2;
const WINDOWS = 10;
const SAMPLE_MS = 500;
const MOST_GROWTH = 0.1;
/** A run this short is no measure of memory. */
const LEAST_MS_FOR_MEMORY = 120_000;
/** Connections that were not open at the start and may stay: to the database. */
const SPARE_SOCKETS = 6;
const SOCKETS_GONE_MS = 20_000;
const LARGE_BYTES = 220_000;
const SHOWN = 10;

type Tally = { sent: number; left: number; problems: string[] };

/**
 * The same mix for ten minutes: small and large requests, streams, refusals, clients that leave, connections used once.
 * Right is: memory flat within 10 % once warm, and no more sockets at the end than at the start.
 */
export async function soakSteady({ seed, scale, log }: SoakOptions): Promise<SoakResult> {
  const world = await openSoakWorld({
    nodes: 2,
    maxLoras: 24,
    pace: { minMs: 2, maxMs: 20, events: 8 },
    tenants: Array.from({ length: TENANTS }, (_, index) => ({
      slug: `tenant-${index + 1}`,
      adapters: ["support", `only-${index + 1}`],
      versions: 2,
    })),
  });
  try {
    return await run(world, FULL_MS * scale, seed, log);
  } finally {
    await world.close();
  }
}

async function run(
  world: SoakWorld,
  durationMs: number,
  seed: number,
  log: (line: string) => void,
): Promise<SoakResult> {
  const { gateway, pool, trustedKey } = world;
  const chance = chanceOf(seed, 0);
  const none = new Set<string>();
  const asks = createAsks(
    { tenants: pool.tenants, trustedKey, moving: none, mayUseBase: none, hasFallbacks: false },
    chance,
  );
  const tally: Tally = { sent: 0, left: 0, problems: [] };
  const socketsBefore = countSockets(gateway.pid);
  const client = createAskClient(gateway.port, AT_ONCE, TIMEOUT_MS);
  const startedAt = performance.now();
  const until = startedAt + durationMs;
  const windows: number[][] = Array.from({ length: WINDOWS }, () => []);
  const sampler = setInterval(() => {
    const share = (performance.now() - startedAt) / durationMs;
    const at = Math.floor(((share - WARM_UP_SHARE) / (1 - WARM_UP_SHARE)) * WINDOWS);
    windows[at]?.push(gateway.residentBytes());
  }, SAMPLE_MS);
  const ticker = setInterval(() => log(`${tally.sent} requests, ${megabytes(gateway.residentBytes())} MB`), 30_000);
  const worker = async () => {
    while (performance.now() < until) {
      tally.sent += 1;
      await askOnce(gateway.port, client, asks(tally.sent), chance, tally);
      await sleep(chance() * 2 * THINK_MS);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  clearInterval(sampler);
  clearInterval(ticker);
  await client.close();
  const leaked = await countLeaked(gateway.pid, socketsBefore);
  const violations = await violationsOf(world.nodes);
  return judge(tally, windows.filter(({ length }) => length > 0).map(median), leaked, violations, durationMs);
}

async function askOnce(port: number, client: AskClient, ask: Ask, chance: () => number, tally: Tally): Promise<void> {
  const kind = chance();
  if (kind < 0.05) {
    tally.left += 1;
    await leaveEarly(port, ask, chance() * 30);
    return;
  }
  const sent = kind < 0.1 && ask.expected.kind === "answer" ? withLargeBody(ask) : ask;
  const onItsOwn = kind < 0.2 ? createAskClient(port, 1, TIMEOUT_MS) : null;
  const problem = await (onItsOwn ?? client).send(sent).then(
    (reply) => checkReply(sent, reply)?.text ?? null,
    (error: Error) => `${ask.tag}: ${error.message}`,
  );
  await onItsOwn?.close();
  if (problem !== null) tally.problems.push(problem);
}

const withLargeBody = (ask: Ask): Ask => ({
  ...ask,
  body: JSON.stringify({ ...JSON.parse(ask.body), metadata: "x".repeat(LARGE_BYTES) }),
});

/** Asks, and is gone before the answer is complete. */
function leaveEarly(port: number, ask: Ask, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    const headers = ask.headers.flat();
    const call = request({ port, host: "127.0.0.1", method: "POST", path: ask.path, headers });
    call.on("error", () => {});
    call.on("response", (reply) => reply.resume());
    call.end(ask.body);
    setTimeout(() => {
      call.destroy();
      resolve();
    }, afterMs);
  });
}

const countSockets = (pid: number): number => {
  const folder = `/proc/${pid}/fd`;
  const isSocket = (fd: string) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith("socket:");
    } catch {
      return false; // closed meanwhile
    }
  };
  return readdirSync(folder).filter(isSocket).length;
};

/** Kept connections to nodes end by themselves. @returns sockets beyond those at the start */
async function countLeaked(pid: number, before: number): Promise<number> {
  const until = performance.now() + SOCKETS_GONE_MS;
  let leaked = Number.POSITIVE_INFINITY;
  while (leaked > SPARE_SOCKETS && performance.now() < until) {
    await sleep(250);
    leaked = countSockets(pid) - before;
  }
  return leaked;
}

function judge(
  tally: Tally,
  windows: readonly number[],
  leaked: number,
  violations: readonly string[],
  durationMs: number,
): SoakResult {
  const [first = Number.NaN] = windows;
  const growth = Math.max(...windows) / first - 1;
  const faults = [...violations, ...tally.problems.slice(0, SHOWN)];
  if (durationMs >= LEAST_MS_FOR_MEMORY && !(growth <= MOST_GROWTH))
    faults.push(`memory grew by ${percent(growth)}: ${windows.map(megabytes).join(", ")} MB`);
  if (leaked > SPARE_SOCKETS) faults.push(`${leaked} more sockets are open than before`);
  const rate = Math.round(tally.sent / (durationMs / 1_000));
  return {
    summary: `${tally.sent} requests in ${Math.round(durationMs / 1_000)} s (${rate} a second, ${tally.left} left early), ${tally.problems.length} not answered rightly; memory ${megabytes(first)} MB once warm, then at most ${percent(growth)} more, ${megabytes(windows.at(-1) ?? Number.NaN)} MB at the end; ${leaked} sockets more than at the start`,
    faults,
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
