import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, Pool } from "undici";
import { guardedLookup, isForbiddenHost } from "../address-guard.ts";
import { wholeBody } from "./body.ts";
import type { Patience } from "./connection.ts";
import type { PlainClient } from "./plain-client.ts";
import type { Carrier, Sending } from "./sending.ts";
import type { Fault } from "./upstream.ts";

const CONNECT_TIMEOUT_MS = 3_000;
const KEEP_ALIVE_MS = 4_000;

/** The same over TLS, where undici does the work: endpoints on the internet, and nodes behind a certificate. */
export function createTlsClient({ origin, hostname }: URL, { headMs, betweenChunksMs }: Patience): PlainClient {
  const pool = new Pool(origin, {
    connections: null,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    headersTimeout: headMs,
    bodyTimeout: betweenChunksMs,
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup },
  });
  return {
    send(sending, { method, path, headers, body }) {
      if (isForbiddenHost(hostname)) {
        sending.fail(new Error(`${origin} is an address that is never connected to`), "unreached");
        return;
      }
      const whole = body && wholeBody(body);
      pool.dispatch({ method, path, headers: [...headers], body: whole }, new Dispatched(sending));
    },
    close: () => pool.close(),
  };
}

class Dispatched implements Dispatcher.DispatchHandler, Carrier {
  readonly #sending: Sending;
  #controller: Dispatcher.DispatchController | null = null;

  constructor(sending: Sending) {
    this.#sending = sending;
    sending.carrier = this;
  }

  drop(): void {
    this.#controller?.abort(new Error("not wanted any more"));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#sending.isOver) this.drop();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#sending.isOver) return;
    const pairs = Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().flatMap((one) => [name, one]),
    );
    this.#sending.handler.onHead(status, pairs, this.#sending);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#sending.isOver) this.#sending.handler.onData(chunk);
  }

  onResponseEnd(): void {
    this.#sending.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#sending.fail(error, faultOf(error, this.#controller !== null));
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
