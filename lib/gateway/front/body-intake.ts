import type { IncomingMessage } from "node:http";
import { type Indexed, IndexedSet } from "../indexed-set.ts";
import { type Rejection, reject } from "./rejection.ts";

/** A long conversation with tools is some hundred kB; ten million bytes is no chat. */
const MAX_BODY_BYTES = 10_000_000;
/** Bodies of up to this size are not counted: their number is bounded by that of connections. */
const UNCOUNTED_BYTES = 16_384;
/** Bodies that the gateway holds at once, and what one tenant may have of that. */
const MAX_HELD_BYTES = 256_000_000;
const MAX_HELD_BYTES_OF_TENANT = 64_000_000;
/** Who sends less between two sweeps only holds a place. */
const MIN_BYTES_PER_SWEEP = 5_000;
export const BODY_SWEEP_MS = 5_000;

/** What a body took of the memory that all of them share. Giving it back twice is fine. */
export type BodyCharge = { release(): void };
/** null = the client went away while sending. */
export type BodyOutcome = Buffer | Rejection | null;
type Done = (outcome: BodyOutcome, charge: BodyCharge | null) => void;

/** Reads requests' bodies: whole, within one bound for all and one for each tenant, and not from who only dribbles. */
export class BodyIntake {
  readonly #reading = new IndexedSet<Reading>();
  readonly #heldBy = new Map<string, number>();
  #held = 0;

  /** Calls back once. A refused body is not read on: its connection has to end. */
  read(request: IncomingMessage, tenantId: string, done: Done): void {
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") {
      done(reject("unsupported_encoding"), null);
      return;
    }
    if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
      done(reject("body_too_large"), null);
      return;
    }
    const reading = new Reading(request, tenantId, this, done);
    this.#reading.add(reading);
    request.on("data", (chunk: Buffer) => reading.add(chunk));
    request.on("end", () => reading.finish(reading.whole()));
    request.on("error", () => reading.finish(null));
    request.on("close", () => reading.finish(null));
  }

  /** Refuses who sent next to nothing since the last sweep; call it every `BODY_SWEEP_MS`. */
  sweep(): void {
    for (const reading of this.#reading.list()) if (reading.isSlow()) reading.refuse(reject("body_too_slow"));
  }

  /** For `Reading` only. @returns why there is no room for it, or null */
  take(tenantId: string, bytes: number): Rejection | null {
    const own = (this.#heldBy.get(tenantId) ?? 0) + bytes;
    if (own > MAX_HELD_BYTES_OF_TENANT) return reject("bodies_too_large", { retryAfterSeconds: 1 });
    if (this.#held + bytes > MAX_HELD_BYTES) return reject("gateway_busy", { retryAfterSeconds: 1 });
    this.#heldBy.set(tenantId, own);
    this.#held += bytes;
    return null;
  }

  /** For `Reading` only. */
  give(tenantId: string, bytes: number): void {
    const own = (this.#heldBy.get(tenantId) ?? 0) - bytes;
    if (own > 0) this.#heldBy.set(tenantId, own);
    else this.#heldBy.delete(tenantId);
    this.#held -= bytes;
  }

  /** For `Reading` only. */
  over(reading: Reading): void {
    this.#reading.delete(reading);
  }
}

class Reading implements BodyCharge, Indexed {
  seat = -1;
  readonly #request: IncomingMessage;
  readonly #tenantId: string;
  readonly #intake: BodyIntake;
  readonly #done: Done;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #charged = 0;
  #sizeAtSweep: number | null = null;
  #isOver = false;

  constructor(request: IncomingMessage, tenantId: string, intake: BodyIntake, done: Done) {
    this.#request = request;
    this.#tenantId = tenantId;
    this.#intake = intake;
    this.#done = done;
  }

  add(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#size += chunk.length;
    if (this.#size > MAX_BODY_BYTES) {
      this.refuse(reject("body_too_large"));
      return;
    }
    if (this.#size > UNCOUNTED_BYTES) {
      const more = this.#size - this.#charged;
      const problem = this.#intake.take(this.#tenantId, more);
      if (problem) {
        this.refuse(problem);
        return;
      }
      this.#charged += more;
    }
    this.#chunks.push(chunk);
  }

  whole(): Buffer {
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
  }

  isSlow(): boolean {
    const before = this.#sizeAtSweep;
    this.#sizeAtSweep = this.#size;
    return before !== null && this.#size - before < MIN_BYTES_PER_SWEEP;
  }

  refuse(rejection: Rejection): void {
    this.#request.pause();
    this.finish(rejection);
  }

  finish(outcome: BodyOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#intake.over(this);
    this.#chunks.length = 0;
    const isWhole = Buffer.isBuffer(outcome);
    if (!isWhole) this.release();
    this.#done(outcome, isWhole && this.#charged > 0 ? this : null);
  }

  release(): void {
    if (this.#charged > 0) this.#intake.give(this.#tenantId, this.#charged);
    this.#charged = 0;
  }
}
