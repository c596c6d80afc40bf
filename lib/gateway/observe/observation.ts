import type { RequestTrace } from "#lib/telemetry/trace.ts";
import { compareCalls, type Judged, judgeCalls, toolsOf } from "./judge-calls.ts";
import { readCalls } from "./read-calls.ts";

/** A reply or a request that is larger is not looked at: tool calls are small. */
const MAX_BYTES = 262_144;
const CHAT = "/v1/chat/completions";

type RecordTrace = (trace: RequestTrace, interToken: Int32Array | null) => void;

/**
 * A reply of a route that a cutover looks at, as it passes by. It is read after the client has it, and only whether its tool
 * calls are well formed is kept.
 */
export class Observation {
  readonly #path: string;
  readonly #body: Buffer;
  readonly #isChat: boolean;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #judged: Judged | null = null;
  #isSettled = false;
  #waiting: (() => void)[] = [];

  constructor(path: string, body: Buffer) {
    this.#path = path;
    this.#body = body;
    this.#isChat = path === CHAT && body.length <= MAX_BYTES;
  }

  /** Another place answers instead: what came so far is of nobody. */
  restart(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#isChat && this.#bytes <= MAX_BYTES) this.#chunks.push(chunk);
    else this.#chunks = [];
  }

  /** The request has ended: judged when the events that came together are handled, then recorded. */
  settle(trace: RequestTrace, interToken: Int32Array | null, record: RecordTrace): void {
    const counts = interToken === null ? null : interToken.slice();
    setImmediate(() => {
      this.#judged = this.#judge(trace);
      trace.toolCalls = this.#judged?.toolCalls ?? null;
      this.#isSettled = true;
      record(trace, counts);
      for (const tell of this.#waiting.splice(0)) tell();
    });
  }

  /** A copy of the same request has ended: compared once both have. */
  settleCopy(copy: Observation, trace: RequestTrace, record: RecordTrace): void {
    const tell = () => {
      const judged = copy.#judge(trace);
      trace.toolCalls = judged?.toolCalls ?? null;
      trace.comparison = trace.status < 400 ? compareCalls(this.#judged, judged) : null;
      record(trace, null);
    };
    if (this.#isSettled) tell();
    else this.#waiting.push(tell);
  }

  /** Of the same request. */
  copy(): Observation {
    return new Observation(this.#path, this.#body);
  }

  #judge({ status, reason, stream }: RequestTrace): Judged | null {
    const isWhole = this.#isChat && this.#bytes <= MAX_BYTES && status < 400 && reason === null;
    const text = isWhole ? Buffer.concat(this.#chunks).toString() : null;
    this.#chunks = [];
    if (text === null) return null;
    try {
      return judgeCalls(readCalls(text, stream && !text.trimStart().startsWith("{")), toolsOf(this.#body.toString()));
    } catch {
      // schemas are the customer's: one that cannot be followed is nothing that a version could be blamed for
      return null;
    }
  }
}
