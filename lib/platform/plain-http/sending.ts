import type { Fault, Flow, Running, UpstreamHandler } from "./upstream.ts";

/** Where a request runs: what it can be broken off and held back by. */
export type Carrier = Flow & { drop(): void };

/** Between whoever carries a request and its handler: tells of an end once, and of nothing once it was aborted. */
export class Sending implements Running, Flow {
  readonly handler: UpstreamHandler;
  /** null = not on a connection yet, or not any more. */
  carrier: Carrier | null = null;
  #isOver = false;

  constructor(handler: UpstreamHandler) {
    this.handler = handler;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.carrier?.drop();
    this.carrier = null;
  }

  pause(): void {
    this.carrier?.pause();
  }

  resume(): void {
    this.carrier?.resume();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.carrier = null;
    this.handler.onEnd();
  }

  fail(error: Error, fault: Fault): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.carrier = null;
    this.handler.onError(error, fault);
  }
}
