import { Pool } from "undici";
import { type Arrival, seededChance } from "#lib/lora-cache/bursty-trace.ts";
import { quantile } from "./quantile.ts";
import type { ServingPool } from "./serving-store.ts";

/** One way to bring requests to a fleet. @returns the status of the answer, which was read whole */
export type Send = (arrival: Arrival) => Promise<number>;

/** What came of one request of a trace. */
export type Outcome = { tenant: number; ms: number; status: number };

/** Sends requests at their times, whatever became of those before, and waits for all answers. */
export async function playOverHttp(trace: readonly Arrival[], send: Send): Promise<Outcome[]> {
  const startedAt = performance.now();
  return Promise.all(
    trace.map(async (arrival) => {
      await new Promise((done) => setTimeout(done, Math.max(0, startedAt + arrival.atMs - performance.now())));
      const status = await send(arrival);
      return { tenant: arrival.tenant, ms: performance.now() - startedAt - arrival.atMs, status };
    }),
  );
}

/** Latencies of the answered requests of one tenant, or of all. */
export const latenciesOf = (outcomes: readonly Outcome[], tenant: number | null = null): number[] =>
  outcomes.filter((one) => one.status === 200 && (tenant === null || one.tenant === tenant)).map(({ ms }) => ms);

export const countUnanswered = (outcomes: readonly Outcome[]): number =>
  outcomes.filter(({ status }) => status !== 200).length;

/** For people: p50, p95, p99 and the longest. */
export const formatLatencies = (outcomes: readonly Outcome[]): string =>
  `p50/95/99/100 ${[0.5, 0.95, 0.99, 1].map((share) => quantile(latenciesOf(outcomes), share).toFixed(0)).join("/")} ms`;

/** Through the gateway, with each tenant's key. */
export function throughGateway(port: number, { tenants }: ServingPool): Send {
  const pool = connect(`http://127.0.0.1:${port}`);
  return (arrival) =>
    post(pool, bodyOf(arrival, "default"), { authorization: `Bearer ${tenants[arrival.tenant]?.key ?? ""}` });
}

/** First in, first out: at once to the node with the fewest requests in flight, taking turns among equals. */
export function leastConnections(urls: readonly string[], loraNames: readonly string[]): Send {
  const nodes = urls.map((url) => ({ pool: connect(url), inFlight: 0 }));
  let turn = 0;
  return async (arrival) => {
    turn += 1;
    const inTurn = [...nodes.slice(turn % nodes.length), ...nodes.slice(0, turn % nodes.length)];
    const node = inTurn.reduce((best, one) => (one.inFlight < best.inFlight ? one : best));
    node.inFlight += 1;
    try {
      return await post(node.pool, bodyOf(arrival, loraNames[arrival.tenant] ?? ""));
    } finally {
      node.inFlight -= 1;
    }
  };
}

const connect = (url: string): Pool => new Pool(url, { connections: null });

async function post(pool: Pool, body: string, own: Record<string, string> = {}): Promise<number> {
  const headers = { "content-type": "application/json", ...own };
  const reply = await pool.request({ method: "POST", path: "/v1/chat/completions", headers, body });
  await reply.body.dump({ limit: Number.POSITIVE_INFINITY });
  return reply.statusCode;
}

const chance = seededChance(7);
/** A letter is a token of the tiny vocabulary where it is part of no word. */
const LETTERS = "bcdfghjklmnpqrstvwxz";

/** Prompts differ from their first letters on, so that nothing of one is cached for another. */
function bodyOf({ promptTokens, outputTokens }: Arrival, model: string): string {
  const letters = Array.from({ length: promptTokens }, () => LETTERS[Math.floor(LETTERS.length * chance())]);
  const messages = [{ role: "user", content: letters.join("") }];
  return JSON.stringify({ model, messages, max_tokens: outputTokens, ignore_eos: true });
}
