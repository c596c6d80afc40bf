import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, Pool } from "undici";
import { guardedLookup, isForbiddenHost } from "#lib/platform/outbound.ts";

/** A node or an endpoint, as the snapshot has it. */
export type Destination = { id: string; baseUrl: string; apiKey: string | null };
/** One exchange. Exactly one of `onEnd` and `onError` is called, last; nothing after `abort`. */
export type UpstreamHandler = {
  onHead(status: number, headers: IncomingHttpHeaders, flow: Flow): void;
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
  body: Buffer | null;
};
export type Running = { abort(): void };

/** Connections to nodes and endpoints, one pool an origin, kept alive between requests. Redirects are never followed. */
export type Upstream = {
  send(to: Destination, request: UpstreamRequest, handler: UpstreamHandler): Running;
  /** Lets go of what is gone. */
  keepOnly(destinations: readonly Destination[]): void;
  close(): Promise<void>;
};

const CONNECT_TIMEOUT_MS = 3_000;
/** uvicorn closes an idle connection after 5 s; ours must go first, or a request meets a closing socket. */
const KEEP_ALIVE_MS = 4_000;
/** How long a node may be silent. A long answer that is not streamed has no head before it is done. */
type Patience = { headMs: number; betweenChunksMs: number };
const PATIENCE: Patience = { headMs: 600_000, betweenChunksMs: 300_000 };

const openPool = (origin: string, { headMs, betweenChunksMs }: Patience): Pool =>
  new Pool(origin, {
    connections: null,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    headersTimeout: headMs,
    bodyTimeout: betweenChunksMs,
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup },
  });

type Address = { origin: string; prefix: string; isForbidden: boolean; authorization: string | null };

function addressOf({ baseUrl, apiKey }: Destination): Address {
  const url = new URL(baseUrl);
  return {
    origin: url.origin,
    prefix: url.pathname.replace(/\/+$/, ""),
    isForbidden: isForbiddenHost(url.hostname),
    authorization: apiKey === null ? null : `Bearer ${apiKey}`,
  };
}

export function createUpstream(patience = PATIENCE): Upstream {
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
    send(to, request, handler) {
      const { origin, prefix, isForbidden, authorization } = addressed(to);
      const exchange = new Sending(handler);
      if (isForbidden) {
        exchange.onResponseError(null, new Error(`${origin} is an address that is never connected to`));
        return exchange;
      }
      let pool = pools.get(origin);
      if (!pool) {
        pool = openPool(origin, patience);
        pools.set(origin, pool);
      }
      if (authorization !== null) request.headers.push("authorization", authorization);
      const { method, path, headers, body } = request;
      pool.dispatch({ method, path: prefix + path, headers, body }, exchange);
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

/** Between undici and our handler: tells of an end once, and of nothing once it was aborted. */
class Sending implements Dispatcher.DispatchHandler, Running {
  readonly #handler: UpstreamHandler;
  #controller: Dispatcher.DispatchController | null = null;
  #isOver = false;

  constructor(handler: UpstreamHandler) {
    this.#handler = handler;
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller?.abort(new Error("not wanted any more"));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error("not wanted any more"));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200 && !this.#isOver) this.#handler.onHead(status, headers, controller);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver) this.#handler.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler.onError(error, faultOf(error, this.#controller !== null));
  }
}

const BROKEN_CODES = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET"]);

/** @param wasSent it was written to a connection, at least in part */
function faultOf(error: Error, wasSent: boolean): Fault {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") return "slow";
  if (code === "UND_ERR_INVALID_ARG") return "invalid";
  if (!wasSent) return "unreached";
  return BROKEN_CODES.has(code) ? "broken" : "invalid";
}
