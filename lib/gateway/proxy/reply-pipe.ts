import type { ServerResponse } from "node:http";
import { atEndOfTurn } from "#lib/platform/end-of-turn.ts";
import type { Flow } from "../upstream/upstream.ts";
import { Pace } from "./pace.ts";
import { UsageTail } from "./usage-tail.ts";

/** A client that takes nothing for this long only holds a node's place. */
const STALLED_CLIENT_MS = 60_000;
/** A reply up to this size goes out as one piece, unless it is a stream. */
const ONE_PIECE_BYTES = 16_384;

/**
 * Passes a reply on to a client. A stream's chunks go out as they come, one by one, never two as one. Any other reply waits
 * until it is complete or large: its head and body then cost one write, and as long as nothing is out another place may
 * still answer. Holds the sender back while the client cannot take more: a slow reader costs no memory here.
 */
export class ReplyPipe {
  readonly usage = new UsageTail();
  /** null = the reply is no stream. */
  readonly pace: Pace | null;
  /** Of the body, wall clock, ms. */
  firstByteAt: number | null = null;
  /** Whether the client has got a part of it. */
  hasBegun = false;
  readonly #response: ServerResponse;
  readonly #status: number;
  readonly #head: string[];
  readonly #flow: Flow;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #stalled: NodeJS.Timeout | null = null;
  #isWatching = false;

  /** @param head names and values in turn @throws Error when a stream's head holds what no header may */
  constructor(response: ServerResponse, status: number, head: string[], flow: Flow, isStream: boolean) {
    this.#response = response;
    this.#status = status;
    this.#head = head;
    this.#flow = flow;
    this.pace = isStream ? new Pace() : null;
    if (!isStream) return;
    this.#begin();
    // its first token may take seconds; the reader should know at once who answers
    response.flushHeaders();
  }

  /** @param now wall clock, ms */
  write(chunk: Buffer, now: number): void {
    this.firstByteAt ??= now;
    this.pace?.note(performance.now());
    if (this.hasBegun) {
      this.#pass(chunk);
      return;
    }
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes <= ONE_PIECE_BYTES) return;
    this.#begin();
    for (const kept of this.#kept) this.#pass(kept);
    this.#kept = [];
  }

  /** The reply is complete. @throws Error when its head holds what no header may, and nothing is out */
  end(): void {
    if (this.hasBegun) {
      this.#response.end();
      return;
    }
    this.#begin();
    const [only] = this.#kept;
    const whole = this.#kept.length === 1 && only ? only : Buffer.concat(this.#kept);
    // every byte as one character: text goes out in one piece with the head, bytes do not
    const text = whole.toString("latin1");
    this.usage.take(text);
    atEndOfTurn(() => this.#response.end(text, "latin1"));
  }

  #begin(): void {
    this.#response.writeHead(this.#status, this.#head);
    this.hasBegun = true;
  }

  #pass(chunk: Buffer): void {
    this.usage.add(chunk);
    if (!this.#response.write(chunk)) this.#hold();
  }

  #hold(): void {
    if (this.#stalled !== null) return;
    const response = this.#response;
    this.#flow.pause();
    this.#stalled = setTimeout(() => response.destroy(), STALLED_CLIENT_MS);
    if (this.#isWatching) return;
    this.#isWatching = true;
    response.on("drain", () => {
      if (this.#release()) this.#flow.resume();
    });
    response.on("close", () => this.#release());
  }

  #release(): boolean {
    if (this.#stalled === null) return false;
    clearTimeout(this.#stalled);
    this.#stalled = null;
    return true;
  }
}
