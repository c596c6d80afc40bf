import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { SharedBytes } from "./shared-bytes.ts";

export type WholeReply = { status: number; headers: Record<string, string>; body: string };
export type ExchangeLimits = {
  /** Of the whole exchange, also of waiting for a connection. */
  timeoutMs: number;
  maxBytes: number;
  signal: AbortSignal | undefined;
  /** Together with others that are read at the same time; left out = `maxBytes` alone counts. */
  shared?: SharedBytes | undefined;
};

/**
 * One request and its whole reply. It takes the reply from undici as it comes, without the stream, the iterator and the
 * signals in between, which cost more than a reply of a few kilobytes itself.
 * @throws what undici throws, the signal's reason, or an Error on a reply that is too late or too large
 */
export function exchangeWhole(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<WholeReply> {
  return new Promise((resolve, reject) => new Exchange(limits, resolve, reject).begin(dispatcher, request));
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #buffer: ReplyBuffer;
  #controller: Dispatcher.DispatchController | null = null;

  constructor(limits: ExchangeLimits, resolve: (reply: WholeReply) => void, reject: (error: unknown) => void) {
    this.#buffer = new ReplyBuffer(limits, resolve, reject, () => this.#controller?.abort(notWanted()));
  }

  begin(dispatcher: Dispatcher, request: Dispatcher.DispatchOptions): void {
    if (this.#buffer.begin()) dispatcher.dispatch(request, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#buffer.isOver) controller.abort(notWanted());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#buffer.head(status, plainHeaders(headers));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#buffer.add(chunk);
  }

  onResponseEnd(): void {
    this.#buffer.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#buffer.fail(error);
  }
}

/**
 * One reply as it comes: kept within its limits, and settled once, with the whole of it or
 * with why there is none.
 */
class ReplyBuffer {
  readonly #limits: ExchangeLimits;
  readonly #resolve: (reply: WholeReply) => void;
  readonly #reject: (error: unknown) => void;
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.#giveUp(this.#limits.signal?.reason);
  #isOver = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #size = 0;
  /** Of what is shared. */
  #taken = 0;

  /** @param stop takes the request back, of which nothing is wanted any more */
  constructor(
    limits: ExchangeLimits,
    resolve: (reply: WholeReply) => void,
    reject: (error: unknown) => void,
    stop: () => void,
  ) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#stop = stop;
    this.#timer = setTimeout(() => this.#giveUp(tooLate()), limits.timeoutMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns false when nobody wants it any more, so that nothing is to be sent */
  begin(): boolean {
    const { signal } = this.#limits;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
    return !this.#isOver;
  }

  head(status: number, headers: Record<string, string>): void {
    this.#status = status;
    this.#headers = headers;
  }

  add(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limits.maxBytes) this.#giveUp(tooLarge(this.#limits.maxBytes));
    else if (!this.#hasRoom()) this.#giveUp(noRoom());
    else this.#chunks.push(chunk);
  }

  end(): void {
    if (!this.#close()) return;
    this.#resolve({ status: this.#status, headers: this.#headers, body: textOf(this.#chunks, this.#size) });
  }

  fail(error: Error): void {
    if (this.#close()) this.#reject(error);
  }

  #hasRoom(): boolean {
    const { shared } = this.#limits;
    const more = shared === undefined ? 0 : this.#size - shared.ownBytes - this.#taken;
    if (more <= 0) return true;
    if (!shared?.take(more)) return false;
    this.#taken += more;
    return true;
  }

  #giveUp(reason: unknown): void {
    if (!this.#close()) return;
    this.#chunks = [];
    this.#stop();
    this.#reject(reason);
  }

  /** @returns false when it was over already */
  #close(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener("abort", this.#onAbort);
    this.#limits.shared?.give(this.#taken);
    return true;
  }
}

const tooLate = () => new DOMException("The operation was aborted due to timeout", "TimeoutError");
const tooLarge = (maxBytes: number) => new Error(`the reply is larger than ${maxBytes} bytes`);
const noRoom = () =>
  new Error("too many large replies come at the same time, and there is no memory left for this one");
const notWanted = () => new Error("not wanted any more");

export function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) plain[name] = String(headers[name]);
  return plain;
}

/**
 * One after the other in the same bytes: a buffer for each reply is memory outside the heap, and so much of it in a tick of
 * the scraper that each would end with a collection of everything.
 */
const scratch = Buffer.alloc(1_000_000);

function textOf(chunks: readonly Buffer[], size: number): string {
  if (size > scratch.length) return Buffer.concat(chunks).toString("utf8");
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(scratch, at);
  return scratch.toString("utf8", 0, size);
}
