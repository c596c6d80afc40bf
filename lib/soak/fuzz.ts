import { connect, type Socket } from "node:net";
import { residentBytesOf } from "#lib/testbed/cpu-time.ts";
import type { ServingTenant } from "#lib/testbed/serving-store.ts";
import { createAskClient } from "./ask-client.ts";
import { createAsks } from "./asks.ts";
import { checkReply } from "./check-reply.ts";
import { HOSTILE_CASES, type HostileCase } from "./hostile-cases.ts";
import { judgeCase } from "./judge-case.ts";
import { exchangeRaw } from "./raw-exchange.ts";
import type { SoakOptions, SoakResult } from "./soak-result.ts";
import { chanceOf, openSoakWorld, type SoakWorld, violationsOf } from "./soak-world.ts";

const FULL_COUNT = 100_000;
const AT_ONCE = 24;
const TIMEOUT_MS = 20_000;
/** With its bytes changed, a request may be waiting for more that never comes. */
const MUTATED_TIMEOUT_MS = 500;
/** Of all connections: bytes at random places of a good request changed; the rest are the cases, cut at random. */
const MUTATED_SHARE = 0.4;
const MAX_PIECES = 12;
/** Good requests all the while, one after the other. */
const GOOD_PAUSE_MS = 20;
/** So many connect at once, ask, and leave before the answer; every so many other connections. */
const HERD = { size: 200, every: 2_500 };
/** Connections that send a byte now and then for as long as they are let. */
const DRIBBLERS = 50;
const DRIBBLE_EVERY_MS = 500;
/** Large bodies are held while they arrive; what the engine keeps afterwards is its own. */
const MAX_GROWTH_BYTES = 400_000_000;
const SHOWN = 20;

type Tally = { exchanges: number; good: number; faults: string[]; peakBytes: number };

/**
 * Hostile bytes from many connections: every case of the table cut into random packets, good requests with changed
 * bytes, herds that connect and leave, and clients that dribble. Right is: each case's own outcome, nothing but whole
 * requests at the nodes, memory that stays bounded, and good requests answered all the while.
 */
export async function soakFuzz({ seed, scale, log }: SoakOptions): Promise<SoakResult> {
  const world = await openSoakWorld({
    nodes: 2,
    maxLoras: 64,
    pace: { minMs: 0, maxMs: 2, events: 3 },
    tenants: ["acme", "globex"].map((slug) => ({ slug, adapters: ["support"], versions: 2 })),
  });
  try {
    return await run(world, Math.round(FULL_COUNT * scale), seed, log);
  } finally {
    await world.close();
  }
}

async function run(world: SoakWorld, count: number, seed: number, log: (line: string) => void): Promise<SoakResult> {
  const chance = chanceOf(seed, 0);
  const tally: Tally = { exchanges: 0, good: 0, faults: [], peakBytes: 0 };
  const [hostile, innocent] = world.pool.tenants;
  if (!hostile || !innocent) throw new Error("two tenants were planned");
  const before = world.gateway.residentBytes();
  const over = new AbortController();
  const innocentCalls = askAllTheWhile(world, innocent, chance, tally, over.signal);
  const dribblers = Array.from({ length: DRIBBLERS }, () => dribble(world.gateway.port, hostile.key));
  const cases = Object.values(HOSTILE_CASES).flat();
  const worker = async () => {
    while (tally.exchanges < count && world.gateway.isRunning()) {
      tally.exchanges += 1;
      const { exchanges } = tally;
      if (exchanges % 10_000 === 0) log(`${exchanges} connections, ${tally.faults.length} faults`);
      if (exchanges % HERD.every === 0) await herd(world.gateway.port, hostile, `herd-${exchanges}`);
      tally.peakBytes = Math.max(tally.peakBytes, residentBytesOf(world.gateway.pid));
      const fault = await oneConnection(world.gateway.port, hostile, cases, `fuzz-${exchanges}`, chance);
      if (fault !== null) tally.faults.push(fault);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  over.abort();
  await innocentCalls;
  for (const socket of dribblers) socket.destroy();
  const faults = tally.faults.slice(0, SHOWN);
  if (!world.gateway.isRunning()) return { summary: "the gateway ended", faults: [world.gateway.output(), ...faults] };
  faults.push(...(await violationsOf(world.nodes)));
  const growth = tally.peakBytes - before;
  if (growth > MAX_GROWTH_BYTES) faults.push(`the gateway's memory grew by ${Math.round(growth / 1e6)} MB`);
  const rate = Math.round(count / seconds);
  return {
    summary: `${count} hostile connections, ${tally.faults.length} not as they should be, ${tally.good} good requests answered meanwhile, memory at most ${Math.round(growth / 1e6)} MB more, ${rate} a second`,
    faults,
  };
}

/** @returns what was wrong with it, or null */
async function oneConnection(
  port: number,
  tenant: ServingTenant,
  cases: readonly HostileCase[],
  tag: string,
  chance: () => number,
): Promise<string | null> {
  const { key } = tenant;
  if (chance() < MUTATED_SHARE) {
    const bytes = mutate(Buffer.from(goodRequest(key, tag)), chance);
    const outcome = await exchangeRaw(port, cut(bytes, chance), {
      halfClose: false,
      replies: 1,
      mustClose: false,
      timeoutMs: MUTATED_TIMEOUT_MS,
    });
    const isOdd = outcome.replies.some(({ status }) => status >= 500 || Number.isNaN(status));
    return isOdd || outcome.rest !== "" ? `changed bytes got ${outcome.replies[0]?.status} ${outcome.rest}` : null;
  }
  const one = cases[Math.floor(chance() * cases.length)] as HostileCase;
  const outcome = await exchangeRaw(port, cut(one.bytes({ key, tag }), chance), {
    halfClose: one.halfClose ?? false,
    replies: one.replies.length,
    mustClose: one.connection === "closed",
    timeoutMs: TIMEOUT_MS,
  });
  return judgeCase(one, outcome, true);
}

const goodRequest = (key: string, tag: string): string => {
  const body = JSON.stringify({ messages: [{ role: "user", content: "hello" }], model: "default", user: tag });
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
};

/** Changes, doubles or drops one to three bytes of the head. */
function mutate(bytes: Buffer, chance: () => number): Buffer {
  let result = bytes;
  for (let left = 1 + Math.floor(chance() * 3); left > 0; left -= 1) {
    const at = Math.floor(chance() * result.indexOf("\r\n\r\n"));
    const byte = Buffer.from([Math.floor(chance() * 256)]);
    const kept = chance() < 0.5 ? 1 : 0;
    const added = chance() < 0.7 ? byte : Buffer.alloc(0);
    result = Buffer.concat([result.subarray(0, at), added, result.subarray(at + 1 - kept)]);
  }
  return result;
}

function cut(bytes: Buffer, chance: () => number): Buffer[] {
  const places = Array.from({ length: Math.floor(chance() * MAX_PIECES) }, () => Math.floor(chance() * bytes.length));
  const ends = [...new Set([0, ...places.sort((a, b) => a - b), bytes.length])];
  return ends.slice(1).map((end, index) => bytes.subarray(ends[index], end));
}

/** Everybody comes back at once, asks, and leaves without reading. */
async function herd(port: number, tenant: ServingTenant, tag: string): Promise<void> {
  const sockets = Array.from({ length: HERD.size }, () => connect({ port, host: "127.0.0.1" }));
  await Promise.all(
    sockets.map(
      (socket, index) =>
        new Promise<void>((resolve) => {
          socket.on("error", () => resolve());
          socket.write(goodRequest(tenant.key, `${tag}-${index}`), () => resolve());
        }),
    ),
  );
  for (const [index, socket] of sockets.entries()) {
    if (index % 2 === 0) socket.destroy();
    else socket.resetAndDestroy();
  }
}

/** Sends its request byte by byte, and connects again when it is sent away. */
function dribble(port: number, key: string): { destroy(): void } {
  const bytes = Buffer.from(goodRequest(key, "dribble"));
  let at = 0;
  let socket: Socket | null = null;
  const timer = setInterval(() => {
    if (socket === null || socket.destroyed) {
      socket = connect({ port, host: "127.0.0.1" });
      socket.on("error", () => {});
      socket.resume();
      at = 0;
    }
    socket.write(bytes.subarray(at, at + 1));
    at = (at + 1) % bytes.length;
  }, DRIBBLE_EVERY_MS);
  return {
    destroy() {
      clearInterval(timer);
      socket?.destroy();
    },
  };
}

/** Another tenant goes on as if nothing was. */
async function askAllTheWhile(
  world: SoakWorld,
  tenant: ServingTenant,
  chance: () => number,
  tally: Tally,
  over: AbortSignal,
): Promise<void> {
  const client = createAskClient(world.gateway.port, 2, TIMEOUT_MS);
  const none = new Set<string>();
  const askWorld = {
    tenants: [tenant],
    trustedKey: world.trustedKey,
    moving: none,
    mayUseBase: none,
    hasFallbacks: false,
  };
  const asks = createAsks(askWorld, chance, "customers");
  for (let sequence = 1; !over.aborted && world.gateway.isRunning(); sequence += 1) {
    const ask = asks(sequence);
    const problem = await client.send(ask).then(
      (reply) => checkReply(ask, reply)?.text ?? null,
      (error: Error) => `${ask.tag}: ${error.message}`,
    );
    if (problem === null) tally.good += 1;
    else tally.faults.push(`a good request: ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, GOOD_PAUSE_MS));
  }
  await client.close();
}
