import { connect, type Socket } from "node:net";
import { guardedLookup } from "../address-guard.ts";
import { atEndOfTurn } from "../end-of-turn.ts";
import { type Body, copyBody } from "./body.ts";
import type { ReplyHead } from "./reply-head.ts";
import { ReplyReader, type ReplySink } from "./reply-reader.ts";
import type { Carrier, Sending } from "./sending.ts";
import type { Fault } from "./upstream.ts";

/** Whom a connection tells what became of it. */
export type ConnectionOwner = {
  /** It may carry another request. */
  onFree(connection: Connection): void;
  onGone(connection: Connection): void;
};
export type Patience = {
  /** How long a node may be silent. A long answer that is not streamed has no head before it is done. */
  headMs: number;
  betweenChunksMs: number;
};

const CONNECT_TIMEOUT_MS = 3_000;
const TCP_KEEP_ALIVE_MS = 60_000;
/** uvicorn closes an idle connection after 5 s; ours must go first, or a request meets a closing socket. */
const MAX_IDLE_MS = 4_000;
/** What a sender says of its own time-out is shortened by this. */
const IDLE_MARGIN_MS = 1_000;
/** A request up to this size is copied into one piece: that is cheaper than to write its pieces. */
const ONE_PIECE_BYTES = 16_384;
const READ_BYTES = 65_536;

/** Every socket reads into this one; the reader copies what it hands on. */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** One connection to a node over plain HTTP/1.1; one request at a time, and never another after an unclear end. */
export class Connection implements Carrier, ReplySink {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #now: () => number;
  readonly #connectTimer: NodeJS.Timeout;
  #isConnected = false;
  #isGone = false;
  #isPaused = false;
  #sending: Sending | null = null;
  #reader: ReplyReader | null = null;
  #keepAliveMs: number | null = null;
  /** When it was last heard of, or its request was sent. */
  #heardAt = 0;
  #idleMs = MAX_IDLE_MS;

  /** @param now ms of a steady clock */
  constructor(host: string, port: number, owner: ConnectionOwner, now: () => number) {
    this.#owner = owner;
    this.#now = now;
    const onread = { buffer: readBuffer, callback: (count: number) => this.#onBytes(count) };
    const socket = connect({ host, port, lookup: guardedLookup, noDelay: true, onread });
    this.#socket = socket;
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    this.#connectTimer = setTimeout(() => this.#fail(new Error("no connection in time")), CONNECT_TIMEOUT_MS);
    socket.on("connect", () => {
      this.#isConnected = true;
      clearTimeout(this.#connectTimer);
    });
    socket.on("error", (error) => this.#fail(error));
    socket.on("end", () => this.#onPeerClosed());
    socket.on("close", () => this.#fail(new Error("the connection was closed")));
  }

  /** Nothing else may be on it. */
  send(sending: Sending, head: string, body: Body | null): void {
    this.#sending = sending;
    sending.carrier = this;
    this.#reader = new ReplyReader(this);
    this.#keepAliveMs = null;
    this.#heardAt = this.#now();
    write(this.#socket, head, body);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#heardAt = this.#now();
    this.#socket.resume();
  }

  /** Ends it, whatever runs on it. */
  drop(): void {
    this.#sending = null;
    this.#reader?.stop();
    this.#end();
  }

  /** Gives up on a request whose node is silent for too long, and on itself when nobody needs it. Call it often. */
  checkTime({ headMs, betweenChunksMs }: Patience): void {
    const silentMs = this.#now() - this.#heardAt;
    if (this.#sending === null) {
      if (silentMs >= this.#idleMs) this.#end();
    } else if (!this.#isPaused && silentMs >= (this.#reader?.hasHead ? betweenChunksMs : headMs)) {
      this.#giveUp(new Error(`nothing came for ${Math.round(silentMs)} ms`), "slow");
    }
  }

  // --- the reply -----------------------------------------------------------------------------------------------

  onHead({ status, headers, keepAliveMs }: ReplyHead): void {
    this.#keepAliveMs = keepAliveMs;
    const sending = this.#sending;
    sending?.handler.onHead(status, headers, sending);
  }

  onBody(part: Buffer): void {
    this.#sending?.handler.onData(part);
  }

  onEnd(): void {
    // told when all that came with it was looked at
  }

  /** @returns true = go on reading */
  #onBytes(count: number): boolean {
    const reader = this.#reader;
    if (reader === null || this.#sending === null) {
      // nobody asked for anything
      this.#end();
      return true;
    }
    this.#heardAt = this.#now();
    try {
      // the rest of a reply that was dropped meanwhile is not looked at
      const read = reader.read(readBuffer, count);
      if (reader.isOver) this.#onReplyOver(read === count);
    } catch (error) {
      this.#onBadReply(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  /** Also a fault of ours in handling it: one request fails, never the process. What came before goes out first. */
  #onBadReply(error: Error): void {
    const sending = this.#sending;
    this.drop();
    setImmediate(() => sending?.fail(error, "invalid"));
  }

  #onReplyOver(isClean: boolean): void {
    const sending = this.#sending;
    if (sending === null) return;
    this.#sending = null;
    this.#reader = null;
    const idleMs = this.#keepAliveMs === null ? MAX_IDLE_MS : Math.min(MAX_IDLE_MS, this.#keepAliveMs - IDLE_MARGIN_MS);
    // a reply that comes before all of its request is out leaves the rest to be taken for the next request
    const isReusable = isClean && idleMs > 0 && !this.#isPaused && this.#socket.writableLength === 0;
    if (isReusable) {
      this.#idleMs = idleMs;
      this.#owner.onFree(this);
    } else this.#end();
    sending.end();
  }

  // --- the end -------------------------------------------------------------------------------------------------

  #onPeerClosed(): void {
    if (this.#reader?.close()) this.#onReplyOver(false);
    else this.#fail(new Error("the connection was closed"));
  }

  #fail(error: Error): void {
    this.#giveUp(error, this.#isConnected ? "broken" : "unreached");
  }

  #giveUp(error: Error, fault: Exclude<Fault, "invalid">): void {
    const sending = this.#sending;
    this.drop();
    sending?.fail(error, fault);
  }

  #end(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#connectTimer);
    this.#socket.destroy();
    this.#owner.onGone(this);
  }
}

/** Requests lie in slabs: a buffer for each, or Node's small pool, costs microseconds. They are gone as soon as they are sent. */
const SLAB_BYTES = 65_536;
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

function takeFromSlab(bytes: number): Buffer {
  if (bytes > SLAB_BYTES) return Buffer.allocUnsafe(bytes);
  if (used + bytes > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const part = slab.subarray(used, used + bytes);
  used += bytes;
  return part;
}

function write(socket: Socket, head: string, body: Body | null): void {
  if (body !== null && body.bytes > ONE_PIECE_BYTES) {
    const { source, start, end, text } = body;
    socket.cork();
    socket.write(head, "latin1");
    if (start > 0) socket.write(source.subarray(0, start));
    if (text !== "") socket.write(text);
    socket.write(source.subarray(end));
    socket.uncork();
    return;
  }
  const whole = takeFromSlab(head.length + (body?.bytes ?? 0));
  whole.write(head, 0, "latin1");
  if (body !== null) copyBody(body, whole, head.length);
  atEndOfTurn(() => {
    if (!socket.destroyed) socket.write(whole);
  });
}
