import type { Body } from "./body.ts";
import type { Patience } from "./connection.ts";
import { createPlainClient, type PlainClient } from "./plain-client.ts";
import type { ReplyHeaders } from "./reply-head.ts";
import { Sending } from "./sending.ts";
import { createTlsClient } from "./tls-client.ts";

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

const PATIENCE: Patience = { headMs: 600_000, betweenChunksMs: 300_000 };

type Address = { origin: string; prefix: string; authorization: string | null };

function addressOf({ baseUrl, apiKey }: Destination): Address {
  const { origin, pathname } = new URL(baseUrl);
  return {
    origin,
    prefix: pathname.replace(/\/+$/, ""),
    authorization: apiKey === null ? null : `Bearer ${apiKey}`,
  };
}

const openClient = (origin: string, patience: Patience): PlainClient => {
  const url = new URL(origin);
  return url.protocol === "http:"
    ? createPlainClient(url, patience, () => performance.now())
    : createTlsClient(url, patience);
};

export function createUpstream(patience = PATIENCE): Upstream {
  const clients = new Map<string, PlainClient>();
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
      const { origin, prefix, authorization } = addressed(to);
      let client = clients.get(origin);
      if (!client) {
        client = openClient(origin, patience);
        clients.set(origin, client);
      }
      if (authorization !== null) request.headers.push("authorization", authorization);
      request.path = prefix + request.path;
      const sending = new Sending(handler);
      client.send(sending, request);
      return sending;
    },
    keepOnly(destinations) {
      const origins = new Set(destinations.map((one) => new URL(one.baseUrl).origin));
      for (const [origin, client] of clients) {
        if (origins.has(origin)) continue;
        clients.delete(origin);
        void client.close();
      }
    },
    async close() {
      const open = [...clients.values()];
      clients.clear();
      await Promise.all(open.map((client) => client.close()));
    },
  };
}
