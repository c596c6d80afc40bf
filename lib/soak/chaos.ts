import { setTimeout as sleep } from "node:timers/promises";
import { platformScope } from "#lib/platform/scope.ts";
import { type AskClient, createAskClient } from "./ask-client.ts";
import { type Ask, createAsks } from "./asks.ts";
import { type ChaosPlan, type FaultCounts, troubleNode, troublePostgres } from "./chaos-faults.ts";
import { checkReply } from "./check-reply.ts";
import { HealthyTimes } from "./healthy-times.ts";
import type { SoakOptions, SoakResult } from "./soak-result.ts";
import { chanceOf, openSoakWorld, type SoakWorld, violationsOf } from "./soak-world.ts";

const FULL_MS = 10 * 60_000;
const NODES = 3;
const TENANTS = 12;
const REQUESTS_PER_SECOND = 60;
/** A frozen node holds its requests for 12 s; whoever waits so long gets the answer then. */
const CLIENT_TIMEOUT_MS = 40_000;
/** The gateway looks twice at who comes back, and hears of proofs by the catalog. */
const GRACE_MS = 5_000;
/** In a run this short one node is left alone: else there would be next to nothing to judge. */
const SHORT_MS = 60_000;
const LEAST_SUCCESS = 0.995;
/** A node that dies takes the streams with it that had begun: in a short run a few are already too large a share. */
const ALWAYS_ALLOWED = 6;
const BACK_TO_NORMAL_MS = 60_000;
const SHOWN = 15;
const FALLBACKS = ["base_model", "previous_version", "reject"] as const;

type Tally = {
  sent: number;
  /** Some node could have answered all the while. */
  due: number;
  succeeded: number;
  /** Of those: by the live version. */
  primary: number;
  wrong: number;
  failures: string[];
  /** The longest that an answer of those took, ms. */
  slowestMs: number;
};

/**
 * Load on three nodes that are killed, restarted, frozen and broken off, and a database that goes away and comes back.
 * Right is: 99.5 % answered of what a healthy node could have answered, no answer of a wrong model, everything back to
 * normal afterwards, and a trace for each request.
 */
export async function soakChaos({ seed, scale, log }: SoakOptions): Promise<SoakResult> {
  const world = await openSoakWorld({
    nodes: NODES,
    maxLoras: 12,
    pace: { minMs: 5, maxMs: 60, events: 5 },
    tenants: Array.from({ length: TENANTS }, (_, index) => ({
      slug: `tenant-${index + 1}`,
      adapters: ["support"],
      versions: 2,
      fallback: FALLBACKS[index % FALLBACKS.length] ?? "base_model",
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
  const tally: Tally = { sent: 0, due: 0, succeeded: 0, primary: 0, wrong: 0, failures: [], slowestMs: 0 };
  const counts: FaultCounts = {};
  const times = new HealthyTimes(NODES, GRACE_MS, performance.now());
  const none = new Set<string>();
  const { trustedKey, pool } = world;
  const askWorld = { tenants: pool.tenants, trustedKey, moving: none, mayUseBase: none, hasFallbacks: true };
  const asks = createAsks(askWorld, chanceOf(seed, 0), "customers");
  const client = createAskClient(world.gateway.port, 1_000, CLIENT_TIMEOUT_MS);
  const over = new AbortController();
  const isShort = durationMs < SHORT_MS;
  // in short runs something has to happen too
  const pauseMs = { min: Math.min(1_000, durationMs / 12), max: Math.min(9_000, durationMs / 4) };
  const plan = (index: number): ChaosPlan => ({
    chance: chanceOf(seed, index + 1),
    times,
    counts,
    over: over.signal,
    pauseMs,
  });
  const troubles = [
    ...world.nodes
      .slice(isShort ? 1 : 0)
      .map((_, index) => troubleNode(world, isShort ? index + 1 : index, plan(index))),
    troublePostgres(world, plan(NODES)),
  ];
  await load(
    durationMs,
    () => askOnce(client, asks(++tally.sent), times, tally),
    (left) =>
      log(
        `${Math.round(left / 1_000)} s left: ${tally.sent} sent, ${tally.failures.length} failed, ${tally.wrong} wrong`,
      ),
  );
  over.abort();
  await Promise.all(troubles);
  const normalMs = await untilNormal(client, asks, tally);
  await client.close();
  const { isRunning, output } = world.gateway;
  const violations = [
    ...(isRunning() ? [] : [`the gateway ended by itself: ${output()}`]),
    ...(await violationsOf(world.nodes)),
  ];
  const lost = await countLostTraces(world, tally.sent);
  return judge(tally, { counts, violations, normalMs, lost });
}

/** Sends at a steady rate, whether or not answers come. Resolves when all have. */
async function load(durationMs: number, ask: () => Promise<void>, log: (leftMs: number) => void): Promise<void> {
  const until = performance.now() + durationMs;
  const running = new Set<Promise<void>>();
  let printedAt = performance.now();
  for (let at = performance.now(); at < until; at += 1_000 / REQUESTS_PER_SECOND) {
    const one = ask().finally(() => running.delete(one));
    running.add(one);
    if (performance.now() - printedAt > 30_000) {
      printedAt = performance.now();
      log(until - printedAt);
    }
    await sleep(Math.max(0, at - performance.now()));
  }
  await Promise.all(running);
}

async function askOnce(client: AskClient, ask: Ask, times: HealthyTimes, tally: Tally): Promise<void> {
  const startedAt = performance.now();
  const outcome = await client.send(ask).then(
    (reply) => ({ finding: checkReply(ask, reply), via: reply.headers["x-switchyard-via"] }),
    (error: Error) => ({ finding: { kind: "unexpected" as const, text: `${ask.tag}: ${error.message}` }, via: null }),
  );
  if (outcome.finding?.kind === "wrong") {
    tally.wrong += 1;
    tally.failures.push(outcome.finding.text);
  }
  if (!times.wasAnyWell(startedAt, performance.now())) return;
  tally.due += 1;
  if (outcome.finding !== null) {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    tally.failures.push(`${outcome.finding.text} after ${seconds} s`);
    return;
  }
  tally.succeeded += 1;
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedAt);
  if (outcome.via === "primary") tally.primary += 1;
}

/** @returns how long after the last fault every tenant had its live version again, ms; null = not within a minute */
async function untilNormal(client: AskClient, asks: (n: number) => Ask, tally: Tally): Promise<number | null> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < BACK_TO_NORMAL_MS) {
    const vias = await Promise.all(
      Array.from({ length: TENANTS * 4 }, async () => {
        tally.sent += 1;
        const reply = await client.send(asks(tally.sent)).catch(() => null);
        return reply?.headers["x-switchyard-via"];
      }),
    );
    if (vias.every((via) => via === "primary")) return performance.now() - startedAt;
    await sleep(250);
  }
  return null;
}

/** After a clean stop each request has its trace. */
async function countLostTraces(world: SoakWorld, sent: number): Promise<number> {
  await world.gateway.stop();
  const stored = await world.db.read(platformScope, ({ client }) => client.request.count());
  return sent - stored;
}

function judge(
  tally: Tally,
  found: { counts: FaultCounts; violations: string[]; normalMs: number | null; lost: number },
): SoakResult {
  const share = tally.due === 0 ? 0 : tally.succeeded / tally.due;
  const faults = [...found.violations];
  const isTooFew = share < LEAST_SUCCESS && tally.due - tally.succeeded > ALWAYS_ALLOWED;
  if (isTooFew) faults.push(`only ${percent(share)} were answered`);
  if (isTooFew || tally.wrong > 0) faults.push(...tally.failures.slice(0, SHOWN));
  if (found.normalMs === null) faults.push("not everything was back to normal a minute after the last fault");
  if (found.lost !== 0) faults.push(`${found.lost} requests have no trace`);
  const done = Object.entries(found.counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(", ");
  return {
    summary: `${tally.sent} requests (${done}); ${percent(share)} of ${tally.due} that a healthy node could answer were, ${percent(tally.primary / Math.max(1, tally.due))} by the live version, each within ${(tally.slowestMs / 1_000).toFixed(1)} s; ${tally.wrong} by a wrong one; back to normal after ${((found.normalMs ?? Number.NaN) / 1_000).toFixed(1)} s; ${found.lost} traces lost`,
    faults,
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
