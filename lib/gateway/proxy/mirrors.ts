import { newId } from "#lib/platform/ids.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { Durations } from "#lib/requests/usage/durations.ts";
import type { Place, Ticket } from "../admission/ask.ts";
import type { GatewayMetrics } from "../metrics.ts";
import type { Observation } from "../observe/observation.ts";
import { eligibleNodes } from "../routing/eligible-nodes.ts";
import type { NodeHealth } from "../routing/node-health.ts";
import type { Mirror } from "../routing/plan-route.ts";
import type { ReplyHeaders } from "../upstream/reply-headers.ts";
import type { Running, Upstream, UpstreamHandler } from "../upstream/upstream.ts";
import { bodyFor, type Call } from "./call.ts";
import { requestHeaders } from "./hop-headers.ts";
import { judgeHead } from "./judge-head.ts";
import type { WalkTools } from "./option-walk.ts";
import { newTrace } from "./request-trace.ts";
import { UsageTail } from "./usage-tail.ts";

type MirrorTools = WalkTools & {
  upstream: Upstream;
  health: Pick<NodeHealth, "markDown">;
  metrics: Pick<GatewayMetrics, "mirrorSkipped">;
  recordTrace: (trace: RequestTrace, interToken: Durations | null) => void;
};

/** Copies on their way at once, and the bodies they hold. */
const MAX_RUNNING = 64;
const MAX_HELD_BYTES = 64_000_000;
/** A copy that is not answered to the end by then is broken off, as is one whose reply is larger. */
const MAX_RUN_MS = 120_000;
const MAX_REPLY_BYTES = 8_000_000;

/**
 * Sends copies of requests to versions that are being tried out, and throws the replies away; while a cutover looks at the
 * route, they are compared with what the customer got first. A copy never holds up or fails the request it was made of: it
 * takes the background's places, and when too many are on their way it is not made.
 */
export class Mirrors {
  readonly #tools: MirrorTools;
  readonly #running = new Set<MirrorRun>();
  #heldBytes = 0;

  constructor(tools: MirrorTools) {
    this.#tools = tools;
  }

  start(call: Call, mirror: Mirror): void {
    const bytes = call.body.length;
    if (this.#running.size >= MAX_RUNNING || this.#heldBytes + bytes > MAX_HELD_BYTES) {
      this.#tools.metrics.mirrorSkipped();
      return;
    }
    this.#heldBytes += bytes;
    const run = new MirrorRun(call, mirror, this.#tools, () => {
      this.#running.delete(run);
      this.#heldBytes -= bytes;
    });
    this.#running.add(run);
    // after the client's own request is on its way
    setImmediate(() => run.start());
  }

  /** Breaks off what runs: nobody waits for it. */
  stop(): void {
    for (const run of this.#running) run.end(499, "client_gone");
  }
}

class MirrorRun implements UpstreamHandler {
  readonly #call: Call;
  readonly #mirror: Mirror;
  readonly #tools: MirrorTools;
  readonly #onOver: () => void;
  readonly #trace: RequestTrace;
  readonly #usage = new UsageTail();
  /** null = nobody compares its reply with the customer's. */
  readonly #observation: Observation | null;
  readonly #deadline: NodeJS.Timeout;
  #ticket: Ticket | null = null;
  #place: Place | null = null;
  #running: Running | null = null;
  #status = 0;
  #bytes = 0;
  #isOver = false;

  constructor(call: Call, mirror: Mirror, tools: MirrorTools, onOver: () => void) {
    const { path, caller, located } = call;
    this.#call = call;
    this.#mirror = mirror;
    this.#tools = tools;
    this.#onOver = onOver;
    this.#observation = call.observation?.copy() ?? null;
    const copy = { requestId: newId("request"), arrivedAt: tools.now() };
    this.#trace = newTrace(copy, path, caller.tenant.id, caller.keyId, "shadow");
    this.#trace.stream = located.isStream;
    this.#trace.adapterId = mirror.adapterId;
    this.#trace.versionId = mirror.version.id;
    this.#deadline = setTimeout(() => this.end(504, "node_timeout"), MAX_RUN_MS);
  }

  start(): void {
    if (this.#isOver) return;
    const { caller, tokens } = this.#call;
    const { tenant } = caller;
    let isAnswered = false;
    const ticket = this.#tools.admission.enter(
      {
        tenantId: tenant.id,
        weight: tenant.weight,
        priority: "background",
        poolId: this.#mirror.poolId,
        name: this.#mirror.model,
        nodes: this.#nodes(),
        tokens,
        maxWaitMs: MAX_RUN_MS,
        refresh: () => this.#nodes(),
      },
      (result) => {
        isAnswered = true;
        this.#ticket = null;
        if ("reason" in result) this.end(429, result.reason);
        else this.#send(result);
      },
    );
    if (!isAnswered) this.#ticket = ticket;
  }

  #nodes(): readonly string[] {
    const snapshot = this.#tools.snapshot() ?? this.#call.snapshot;
    const version = snapshot.versions.get(this.#mirror.version.id);
    if (!version) return [];
    const ask = { target: this.#call.target, now: new Date(this.#tools.now()) };
    return eligibleNodes({ ...this.#mirror, version }, ask, snapshot, this.#tools.load, new Set());
  }

  #send(place: Place): void {
    this.#place = place;
    const node = (this.#tools.snapshot() ?? this.#call.snapshot).nodes.get(place.nodeId);
    if (!node) {
      this.end(503, "no_node");
      return;
    }
    const { client, path } = this.#call;
    const trace = this.#trace;
    trace.attempts = 1;
    trace.via = this.#mirror.via;
    trace.nodeId = node.id;
    trace.nodeEpoch = node.epoch;
    trace.loraName = this.#mirror.model;
    trace.simulated = node.simulated;
    trace.expectedTier = place.tier;
    trace.queuedMs = Math.round(place.queuedMs);
    trace.heldMs = Math.round(place.heldMs);
    trace.dispatchedAt = new Date(this.#tools.now());
    this.#running = this.#tools.upstream.send(
      node,
      {
        method: "POST",
        path,
        headers: requestHeaders(client.request.headers, trace.id),
        body: bodyFor(this.#call, this.#mirror.model),
      },
      this,
    );
  }

  onHead(status: number, _headers: ReplyHeaders): void {
    this.#status = status;
    if (judgeHead(status, this.#mirror) === "bad_reply") this.end(502, "bad_reply");
  }

  onData(chunk: Buffer): void {
    this.#trace.firstByteAt ??= new Date(this.#tools.now());
    this.#usage.add(chunk);
    this.#observation?.add(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_REPLY_BYTES) this.end(502, "bad_reply");
  }

  onEnd(): void {
    this.end(this.#status, null);
  }

  onError(): void {
    this.end(502, "node_failed");
  }

  end(status: number, reason: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#deadline);
    this.#ticket?.cancel();
    this.#running?.abort();
    Object.assign(this.#trace, this.#usage.read());
    const { promptTokens, completionTokens } = this.#trace;
    this.#place?.release(promptTokens === null ? undefined : promptTokens + (completionTokens ?? 0));
    this.#trace.status = status;
    this.#trace.reason = reason;
    this.#trace.endedAt = new Date(this.#tools.now());
    if (status === 0 || this.#trace.attempts === 0) this.#trace.via = null;
    this.#onOver();
    const { recordTrace } = this.#tools;
    if (this.#observation === null) recordTrace(this.#trace, null);
    else this.#call.observation?.settleCopy(this.#observation, this.#trace, recordTrace);
  }
}
