import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { errorText } from "#lib/platform/errors.ts";
import type { Fault, Flow, Running, UpstreamHandler } from "./upstream.ts";

/** One exchange that undici carries. It reports an end once, and nothing after `abort`. */
export class Exchange implements Dispatcher.DispatchHandler, Running, Flow {
  readonly #handler: UpstreamHandler;
  /** null = not written to a connection yet. */
  #controller: Dispatcher.DispatchController | null = null;
  #isOver = false;

  constructor(handler: UpstreamHandler) {
    this.#handler = handler;
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#drop();
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  fail(error: Error, fault: Fault): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler.onError(error, fault);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) this.#drop();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#isOver) return;
    const pairs = Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().flatMap((one) => [name, one]),
    );
    this.#guarded(() => this.#handler.onHead(status, pairs, this));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver) this.#guarded(() => this.#handler.onData(chunk));
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.fail(error, faultOf(error, this.#controller !== null));
  }

  /** A fault of ours while a reply is read ends this exchange, not the process. */
  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(errorText(error)), "invalid");
      this.#drop();
    }
  }

  #drop(): void {
    this.#controller?.abort(new Error("The exchange was aborted."));
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
