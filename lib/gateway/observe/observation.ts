import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { Durations } from "#lib/requests/usage/durations.ts";
import { compareCalls, type Judged, judgeCalls, toolsOf } from "./judge-calls.ts";
import { type CallsRead, readCalls } from "./read-calls.ts";
import type { KeepReply } from "./recorder.ts";

/** A reply or a request that is larger is not looked at: tool calls are small. */
const MAX_BYTES = 262_144;
const CHAT = "/v1/chat/completions";

type RecordTrace = (trace: RequestTrace, interToken: Durations | null) => void;

/**
 * A reply of a route that a cutover looks at, or whose customer lets it be kept, as it passes by. It is read after the client
 * has it. Of what a cutover looks at only words are noted: whether the tool calls are well formed.
 */
export class Observation {
  readonly #path: string;
  readonly #body: Buffer;
  readonly #isChat: boolean;
  readonly #isJudged: boolean;
  readonly #keep: KeepReply | null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #judged: Judged | null = null;
  #isSettled = false;
  #waiting: (() => void)[] = [];

  /** @param isJudged a cutover looks at it @param keep its customer lets it be kept; null = not this one */
  constructor(path: string, body: Buffer, isJudged: boolean, keep: KeepReply | null) {
    this.#path = path;
    this.#body = body;
    this.#isJudged = isJudged;
    this.#keep = keep;
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
  settle(trace: RequestTrace, interToken: Durations | null, record: RecordTrace): void {
    const counts = interToken === null ? null : interToken.slice();
    setImmediate(() => {
      const text = this.#textOf(trace);
      this.#judged = this.#isJudged ? this.#judge(text, trace.stream) : null;
      trace.toolCalls = this.#judged?.toolCalls ?? null;
      this.#isSettled = true;
      record(trace, counts);
      for (const notify of this.#waiting.splice(0)) notify();
      if (text !== null) this.#keep?.(this.#body.toString(), readReplyText(text, trace.stream), trace);
    });
  }

  /** A copy of the same request has ended: compared once both have. */
  settleCopy(copy: Observation, trace: RequestTrace, record: RecordTrace): void {
    const notify = () => {
      const judged = copy.#judge(copy.#textOf(trace), trace.stream);
      trace.toolCalls = judged?.toolCalls ?? null;
      trace.comparison = trace.status < 400 ? compareCalls(this.#judged, judged) : null;
      record(trace, null);
    };
    if (this.#isSettled) notify();
    else this.#waiting.push(notify);
  }

  /** Of the same request, to be compared with it; null = no cutover looks at it. */
  copy(): Observation | null {
    return this.#isJudged ? new Observation(this.#path, this.#body, true, null) : null;
  }

  /** The reply's text, once; null = it is no whole chat completion. */
  #textOf({ status, reason }: RequestTrace): string | null {
    const isWhole = this.#isChat && this.#bytes <= MAX_BYTES && status < 400 && reason === null;
    const text = isWhole ? Buffer.concat(this.#chunks).toString() : null;
    this.#chunks = [];
    return text;
  }

  #judge(text: string | null, isStream: boolean): Judged | null {
    if (text === null) return null;
    try {
      return judgeCalls(readReplyText(text, isStream), toolsOf(this.#body.toString()));
    } catch {
      // schemas are the customer's: one that cannot be followed is nothing that a version could be blamed for
      return null;
    }
  }
}

const readReplyText = (text: string, isStream: boolean): CallsRead =>
  readCalls(text, isStream && !text.trimStart().startsWith("{"));
