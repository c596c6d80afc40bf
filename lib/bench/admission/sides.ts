import { Pool } from "undici";
import { type Arrival, seededChance } from "#lib/lora-cache/bursty-trace.ts";
import type { ServingPool } from "#lib/testbed/serving-store.ts";
import type { SimFleet } from "./sim-fleet.ts";

/** One way to bring requests to a fleet. */
export type Side = {
  /** @returns the status of the answer, which was read whole */
  send(arrival: Arrival): Promise<number>;
  close(): Promise<void>;
};

/** Through the gateway, with each tenant's key. */
export function throughGateway(port: number, { tenants }: ServingPool): Side {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: null });
  return {
    send(arrival) {
      const key = tenants[arrival.tenant]?.key ?? "";
      return post(pool, bodyOf(arrival, "default"), { authorization: `Bearer ${key}` });
    },
    close: () => pool.close(),
  };
}

/** First in, first out: at once to the node with the fewest requests in flight, taking turns among equals. */
export function leastConnections({ urls }: SimFleet, loraNames: readonly string[]): Side {
  const nodes = urls.map((url) => ({ pool: new Pool(url, { connections: null }), inFlight: 0 }));
  let turn = 0;
  return {
    async send(arrival) {
      turn += 1;
      const inTurn = [...nodes.slice(turn % nodes.length), ...nodes.slice(0, turn % nodes.length)];
      const node = inTurn.reduce((best, one) => (one.inFlight < best.inFlight ? one : best));
      node.inFlight += 1;
      try {
        return await post(node.pool, bodyOf(arrival, loraNames[arrival.tenant] ?? ""));
      } finally {
        node.inFlight -= 1;
      }
    },
    async close() {
      await Promise.all(nodes.map(({ pool }) => pool.close()));
    },
  };
}

async function post(pool: Pool, body: string, headers: Record<string, string> = {}): Promise<number> {
  const reply = await pool.request({
    method: "POST",
    path: "/v1/chat/completions",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
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
