import { type Prepared, prepareRecorded } from "#lib/evals/suites/recorded/prepare-recorded.ts";
import type { Rng } from "#lib/evals/suites/recorded/pseudonyms.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { Target } from "../routing/resolve-target.ts";
import type { RecordingEntry } from "../snapshot/snapshot.ts";
import type { CallsRead } from "./read-calls.ts";

/** Of one request that its customer lets us keep. */
export type Seen = { recordingId: string; versionId: string; askedAt: Date; prepared: Prepared };
/** Called once the client has the reply. @param body as it came @param read null = the reply is no whole chat completion */
export type KeepReply = (body: string, read: CallsRead, trace: RequestTrace) => void;

export type RecorderTools = {
  keep: (seen: Seen) => Promise<void>;
  /** One could not be stored. */
  onLost: () => void;
  rng: Rng;
  /** Wall clock, ms. */
  now: () => number;
  log: Log;
};

/** Of one adapter; looking at a request costs as much as routing dozens. */
const GAP_MS = 1_000;
const PENDING_MAX = 64;
/** Adapters that were looked at lately. */
const REMEMBERED = 10_000;

/**
 * Keeps some requests of customers who allowed it, redacted before they leave this process: what the live version answered,
 * whole, to users. It works after the reply, and never holds one up.
 */
export class Recorder {
  readonly #tools: RecorderTools;
  readonly #checkedAt = new Map<string, number>();
  readonly #pending = new Set<Promise<void>>();

  constructor(tools: RecorderTools) {
    this.#tools = tools;
  }

  /** Whether this request is one to keep, and what is then to be done with its reply; null = it is not. */
  wants(kind: string, target: Target): KeepReply | null {
    if (kind !== "user" || target.kind !== "adapter" || target.adapter.recording === null) return null;
    const { id: adapterId, recording, liveVersionId } = target.adapter;
    const now = this.#tools.now();
    const isOver = recording.until.getTime() <= now;
    const isTooSoon = now - (this.#checkedAt.get(adapterId) ?? Number.NEGATIVE_INFINITY) < GAP_MS;
    if (isOver || isTooSoon || liveVersionId === null || this.#tools.rng() * 100 >= recording.perCent) return null;
    this.#checkedAt.delete(adapterId);
    this.#checkedAt.set(adapterId, now);
    if (this.#checkedAt.size > REMEMBERED) this.#checkedAt.delete(this.#checkedAt.keys().next().value ?? "");
    return (body, read, trace) => this.#take(recording, liveVersionId, { body, read, trace });
  }

  #take(
    recording: RecordingEntry,
    versionId: string,
    { body, read, trace }: { body: string; read: CallsRead; trace: RequestTrace },
  ): void {
    // what somebody else answered in its place is nothing to hold the next version to
    if (trace.via !== "primary" || trace.versionId !== versionId || trace.status !== 200) return;
    if (this.#pending.size >= PENDING_MAX) {
      this.#tools.onLost();
      return;
    }
    const storing = this.#store({ body, read }, recording, { versionId, askedAt: trace.arrivedAt });
    this.#pending.add(storing);
    void storing.finally(() => this.#pending.delete(storing));
  }

  /** Never fails: what is asked is the customer's own, and may be anything. */
  async #store(
    { body, read }: { body: string; read: CallsRead },
    { id: recordingId, words }: RecordingEntry,
    of: Pick<Seen, "versionId" | "askedAt">,
  ): Promise<void> {
    const { rng, keep, onLost, log } = this.#tools;
    try {
      const prepared: Prepared =
        read === null ? { ok: false, reason: "no_answer" } : prepareRecorded({ body, ...read }, words, rng);
      await keep({ recordingId, ...of, prepared });
    } catch (error) {
      onLost();
      log.warn("recorded request not stored", { recordingId, error: errorText(error) });
    }
  }

  /** Waits for what is being stored. */
  async stop(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
