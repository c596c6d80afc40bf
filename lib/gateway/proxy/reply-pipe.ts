import type { ServerResponse } from "node:http";
import { Pace } from "./pace.ts";
import type { Flow } from "./upstream.ts";
import { UsageTail } from "./usage-tail.ts";

/** A client that takes nothing for this long only holds a node's place. */
const STALLED_CLIENT_MS = 60_000;

/**
 * Writes a reply's chunks to a client one by one, never two as one, and holds the sender back while the client cannot take
 * more: a slow reader costs no memory here. On the way it notes what the account needs.
 */
export class ReplyPipe {
  readonly usage = new UsageTail();
  /** null = the reply is no stream. */
  readonly pace: Pace | null;
  /** Of the body, wall clock, ms. */
  firstByteAt: number | null = null;
  readonly #response: ServerResponse;
  readonly #flow: Flow;
  #stalled: NodeJS.Timeout | null = null;
  #isWatching = false;

  constructor(response: ServerResponse, flow: Flow, isStream: boolean) {
    this.#response = response;
    this.#flow = flow;
    this.pace = isStream ? new Pace() : null;
  }

  /** @param now wall clock, ms */
  write(chunk: Buffer, now: number): void {
    this.firstByteAt ??= now;
    this.pace?.note(performance.now());
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
