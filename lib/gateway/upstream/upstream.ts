import { Pool } from "undici";
import { guardedLookup, isForbiddenHost } from "#lib/platform/address-guard.ts";
import { type Body, wholeBody } from "./body.ts";
import { Exchange } from "./exchange.ts";
import type { ReplyHeaders } from "./reply-headers.ts";

/** A node or an endpoint, as the snapshot has it. */
export type Destination = { id: string; baseUrl: string; apiKey: string | null };
/** One exchange. Exactly one of `onEnd` and `onError` is called, last; nothing after `abort`. */
export type UpstreamHandler = {
  onHead(status: number, headers: ReplyHeaders, flow: Flow): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: Error, fault: Fault): void;
};
/**
 * What a failure says about whoever was asked: `unreached` = the request never left, `broken` = the connection ended
 * under it; both may be tried elsewhere. `slow` is busy, not gone, and is not asked twice. `invalid` = what was sent or
 * came back is no HTTP.
 */
export type Fault = "unreached" | "broken" | "slow" | "invalid";
/** Holds the reply back while the client cannot take more. */
export type Flow = { pause(): void; resume(): void };
export type UpstreamRequest = {
  method: "GET" | "POST";
  /** Follows the destination's base URL. */
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body: Body | null;
};
export type Running = { abort(): void };

/** Connections to nodes and endpoints, by origin, kept alive between requests. Redirects are never followed. */
export type Upstream = {
  send(to: Destination, request: UpstreamRequest, handler: UpstreamHandler): Running;
  /** Lets go of what is gone. */
  keepOnly(destinations: readonly Destination[]): void;
  close(): Promise<void>;
};

/** The longest silence before the reply's head and between two chunks, in ms. */
export type Timeouts = { headMs: number; betweenChunksMs: number };

const TIMEOUTS: Timeouts = { headMs: 600_000, betweenChunksMs: 300_000 };
const CONNECT_TIMEOUT_MS = 3_000;
/** Idle connections are closed after this, or earlier if the server says so. */
const KEEP_ALIVE_MS = 4_000;

type Address = { origin: string; prefix: string; authorization: string | null; isForbidden: boolean };

function addressOf({ baseUrl, apiKey }: Destination): Address {
  const { origin, pathname, hostname } = new URL(baseUrl);
  return {
    origin,
    prefix: pathname.replace(/\/+$/, ""),
    authorization: apiKey === null ? null : `Bearer ${apiKey}`,
    isForbidden: isForbiddenHost(hostname),
  };
}

/** One exchange per connection at a time, and as many connections as there are exchanges. */
const openPool = (origin: string, { headMs, betweenChunksMs }: Timeouts): Pool =>
  new Pool(origin, {
    connections: null,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    headersTimeout: headMs,
    bodyTimeout: betweenChunksMs,
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup },
  });

export function createUpstream(timeouts = TIMEOUTS): Upstream {
  const pools = new Map<string, Pool>();
  // a new snapshot brings new objects, so a changed URL or key is never missed
  const addresses = new WeakMap<Destination, Address>();
  const addressed = (to: Destination): Address => {
    const known = addresses.get(to);
    if (known) return known;
    const address = addressOf(to);
    addresses.set(to, address);
    return address;
  };
  return {
    send(to, { method, path, headers, body }, handler) {
      const { origin, prefix, authorization, isForbidden } = addressed(to);
      const exchange = new Exchange(handler);
      if (isForbidden) {
        exchange.fail(new Error(`Switchyard never connects to ${origin}.`), "unreached");
        return exchange;
      }
      let pool = pools.get(origin);
      if (!pool) {
        pool = openPool(origin, timeouts);
        pools.set(origin, pool);
      }
      if (authorization !== null) headers.push("authorization", authorization);
      pool.dispatch({ method, path: prefix + path, headers, body: body && wholeBody(body) }, exchange);
      return exchange;
    },
    keepOnly(destinations) {
      const origins = new Set(destinations.map((one) => new URL(one.baseUrl).origin));
      for (const [origin, pool] of pools) {
        if (origins.has(origin)) continue;
        pools.delete(origin);
        void pool.close();
      }
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((pool) => pool.close()));
    },
  };
}
