import { lookup } from "node:dns";
import { isIP } from "node:net";
import { Agent, type Dispatcher } from "undici";
import { isForbiddenHost, lookupAllowed, type Resolve } from "./address-guard.ts";
import { AppError, errorText, invalidField } from "./errors.ts";
import type { SharedBytes } from "./shared-bytes.ts";
import { exchangeWhole, plainHeaders, type WholeReply } from "./whole-exchange.ts";

export type OutboundRequest = {
  method?: "GET" | "POST" | "DELETE";
  headers?: Record<string, string>;
  body?: string;
  /** Whole exchange, in ms. */
  timeoutMs: number;
  /** Larger replies are cut off with an error. */
  maxBytes?: number;
  /** Replies that are read at the same time have no more memory than this together. */
  shared?: SharedBytes;
  signal?: AbortSignal;
};
export type OutboundDownload = {
  method?: "GET" | "POST";
  body?: string;
  headers?: Record<string, string>;
  /** The longest silence, before the first byte and between two, in ms. */
  idleMs: number;
  signal?: AbortSignal;
};
/** A reply whose body is read by the caller, to its end or by breaking off. */
export type OutboundStream = { status: number; headers: Record<string, string>; body: AsyncIterable<Uint8Array> };
export type OutboundReply = WholeReply;

/** HTTP to addresses that people typed in: no redirects, capped in size and time, never to metadata services. */
export type Outbound = {
  /** @throws AppError `node_unreachable` when there is no whole reply in time */
  request(url: string, options: OutboundRequest): Promise<OutboundReply>;
  /**
   * A reply that is large or comes slowly; whoever reads the body sets its limits.
   * @throws AppError `node_unreachable` when there is no reply; reading throws it when the reply breaks off
   */
  download(url: string, options: OutboundDownload): Promise<OutboundStream>;
  /**
   * Calls back with the origin of every connection that ends, such as `http://10.0.0.5:8000`: idle ones time out, and a
   * process that dies loses all of them at once. @returns the function that stops it
   */
  onDisconnect(listener: (origin: string) => void): () => void;
  close(): Promise<void>;
};

/**
 * Checks a node's base URL before anything is sent to it. Private addresses are where nodes live, so they are fine.
 * @returns the URL without a slash at the end
 * @throws AppError `invalid` naming the field
 */
export function checkNodeUrl(value: string, field: string): string {
  const url = checkUrl(value, field);
  if (url.search || url.hash)
    throw invalidField(field, "not_a_base", "A base URL has no query or fragment.", "Leave out ? and #.");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** The same for an address that is called as it stands. @throws AppError `invalid` naming the field */
export function checkHookUrl(value: string, field: string): string {
  const url = checkUrl(value, field);
  if (url.hash) throw invalidField(field, "fragment_in_url", "A fragment is never sent.", "Leave out what follows #.");
  return url.href;
}

function checkUrl(value: string, field: string): URL {
  const fail = (code: string, message: string, fix: string) => invalidField(field, code, message, fix);
  if (!URL.canParse(value) || /[\s\\]/.test(value))
    throw fail("bad_url", `"${value}" is not a URL.`, "Give one such as http://10.0.0.5:8000.");
  const url = new URL(value);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw fail("bad_scheme", "Only http and https URLs are supported.", "Start the URL with http:// or https://.");
  if (url.username || url.password)
    throw fail(
      "credentials_in_url",
      "The URL holds a user name or password.",
      "Give keys and secrets in their own field.",
    );
  if (isForbiddenHost(url.hostname) || (isIP(url.hostname) === 0 && url.hostname === ""))
    throw fail("forbidden_address", `Switchyard never connects to ${url.hostname}.`, "Give the machine's own address.");
  return url;
}

/** @param resolve asks the machine's name service; tests bring their own */
export function createOutbound(resolve: Resolve = lookup): Outbound {
  // half a second before the server's own time-out: whoever is asked every few seconds keeps its connections
  const agent = new Agent({
    connections: 32,
    pipelining: 1,
    keepAliveTimeoutThreshold: 500,
    connect: { timeout: 5_000, lookup: lookupAllowed(resolve) },
  });
  return {
    request: (url, options) => exchange(agent, url, options),
    download: (url, options) => download(agent, url, options),
    onDisconnect(listener) {
      const notify = (origin: URL) => listener(origin.origin);
      agent.on("disconnect", notify);
      return () => void agent.off("disconnect", notify);
    },
    close: () => agent.close(),
  };
}

const unreachable = (host: string, error: unknown): AppError =>
  new AppError("node_unreachable", `No answer from ${host}: ${errorText(error)}.`, {
    cause: error,
    fix: "Check that the address is right, the process runs and the network allows the connection.",
  });

/** @throws AppError `invalid` for an address that is never connected to, however it came into the catalog */
function allowedUrl(target: string): URL {
  const url = new URL(target);
  if (!isForbiddenHost(url.hostname)) return url;
  throw invalidField(
    "url",
    "forbidden_address",
    `Switchyard never connects to ${url.hostname}.`,
    "Give the machine's own address.",
  );
}

async function download(agent: Dispatcher, target: string, options: OutboundDownload): Promise<OutboundStream> {
  const { host, origin, pathname, search } = allowedUrl(target);
  try {
    const reply = await agent.request({
      origin,
      path: pathname + search,
      method: options.method ?? "GET",
      headers: options.headers ?? {},
      body: options.body ?? null,
      headersTimeout: options.idleMs,
      bodyTimeout: options.idleMs,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return { status: reply.statusCode, headers: plainHeaders(reply.headers), body: unbroken(reply.body, host) };
  } catch (error) {
    throw unreachable(host, error);
  }
}

async function* unbroken(body: AsyncIterable<Uint8Array>, host: string): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw unreachable(host, error);
  }
}

async function exchange(agent: Dispatcher, target: string, options: OutboundRequest): Promise<OutboundReply> {
  const { host, origin, pathname, search } = allowedUrl(target);
  const { method = "GET", headers = {}, body = null, timeoutMs, maxBytes = 4_000_000, shared, signal } = options;
  const path = pathname + search;
  const limits = { timeoutMs, maxBytes, shared, signal };
  try {
    return await exchangeWhole(agent, { origin, path, method, headers, body }, limits);
  } catch (error) {
    throw unreachable(host, error);
  }
}
