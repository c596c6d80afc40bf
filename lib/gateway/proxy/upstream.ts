import type { IncomingHttpHeaders } from "node:http";
import { Pool } from "undici";
import type { NodeEntry } from "../snapshot/snapshot.ts";

/** One exchange with a node. Exactly one of `onEnd` and `onError` is called, last; nothing after `abort`. */
export type UpstreamHandler = {
  onHead(status: number, headers: IncomingHttpHeaders, flow: Flow): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
};
/** Holds the node's reply back while the client cannot take more. */
export type Flow = { pause(): void; resume(): void };
export type UpstreamRequest = {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
};

/** Connections to nodes, one pool each, kept alive between requests. */
export type Upstream = {
  send(node: NodeEntry, request: UpstreamRequest, handler: UpstreamHandler): { abort(): void };
  /** Lets go of nodes that are gone. */
  keepOnly(nodes: readonly NodeEntry[]): void;
  close(): Promise<void>;
};

const CONNECT_TIMEOUT_MS = 3_000;
/** uvicorn closes an idle connection after 5 s; ours must go first, or a request meets a closing socket. */
const KEEP_ALIVE_MS = 4_000;
/** A long answer that is not streamed has no head before it is done. */
const HEAD_TIMEOUT_MS = 600_000;
const BETWEEN_CHUNKS_TIMEOUT_MS = 300_000;

export function createUpstream(): Upstream {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known) return known;
    const pool = new Pool(origin, {
      connections: null,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEAD_TIMEOUT_MS,
      bodyTimeout: BETWEEN_CHUNKS_TIMEOUT_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
    pools.set(origin, pool);
    return pool;
  };
  return {
    send(node, request, handler) {
      const base = new URL(node.baseUrl);
      return dispatch(poolOf(base.origin), base.pathname.replace(/\/$/, ""), node, request, handler);
    },
    keepOnly(nodes) {
      const origins = new Set(nodes.map((node) => new URL(node.baseUrl).origin));
      for (const [origin, pool] of pools) {
        if (origins.has(origin)) continue;
        pools.delete(origin);
        void pool.close();
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function dispatch(pool: Pool, prefix: string, node: NodeEntry, request: UpstreamRequest, handler: UpstreamHandler) {
  let abortNow: ((reason: Error) => void) | null = null;
  let isOver = false;
  const over = (tell: () => void) => {
    if (isOver) return;
    isOver = true;
    tell();
  };
  const authorization = node.apiKey === null ? {} : { authorization: `Bearer ${node.apiKey}` };
  pool.dispatch(
    {
      method: request.method,
      path: prefix + request.path,
      headers: { ...request.headers, ...authorization },
      body: request.body,
    },
    {
      onRequestStart(controller) {
        if (isOver) controller.abort(new Error("the client is gone"));
        else abortNow = (reason) => controller.abort(reason);
      },
      onResponseStart(controller, status, headers) {
        if (status >= 200 && !isOver) handler.onHead(status, headers, controller);
      },
      onResponseData(_controller, chunk) {
        if (!isOver) handler.onData(chunk);
      },
      onResponseEnd: () => over(() => handler.onEnd()),
      onResponseError: (_controller, error) => over(() => handler.onError(error)),
    },
  );
  return {
    abort() {
      over(() => abortNow?.(new Error("the client is gone")));
    },
  };
}

/** Errors that mean the node took no request, or dropped the connection before it said anything. */
const CONNECTION_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Whether another node may be tried: a slow node is busy, not gone, and is not asked twice. */
export const isConnectionFailure = (error: Error): boolean =>
  "code" in error && typeof error.code === "string" && CONNECTION_CODES.has(error.code);
