import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "#lib/platform/log.ts";
import type { RequestTrace } from "#lib/telemetry/trace.ts";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";
import { createClientSink } from "../front/client-sink.ts";
import type { Caller } from "../front/identify-caller.ts";
import { type Rejection, reject } from "../front/rejection.ts";
import type { GatewayMetrics } from "../metrics.ts";
import { decide, type Serve, type Target } from "../routing/decide.ts";
import type { NodeHealth } from "../routing/node-health.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { replyHeaders, requestHeaders } from "./hop-headers.ts";
import { type Located, spliceModel } from "./splice-model.ts";
import { type Flow, isConnectionFailure, type Upstream } from "./upstream.ts";
import { createUsageTail } from "./usage-tail.ts";

/** What every exchange of a gateway shares. */
export type ExchangeTools = {
  upstream: Upstream;
  health: NodeHealth;
  metrics: GatewayMetrics;
  now: () => Date;
  recordTrace: (trace: RequestTrace, interToken: Int32Array | null) => void;
  log: Log;
};

/** One accepted request: who asks, what for, and the body as it came. */
export type Accepted = {
  requestId: string;
  path: string;
  arrivedAt: Date;
  caller: Caller;
  snapshot: Snapshot;
  target: Target;
  body: Buffer;
  located: Exclude<Located, { kind: "refused" }>;
};

export type Client = {
  request: IncomingMessage;
  response: ServerResponse;
  /** Answers with an error of ours; only before the first byte. */
  refuse: (rejection: Rejection) => void;
};

/** Each attempt rules something out; this only bounds what a whole fleet in disarray may cost one request. */
const MAX_ATTEMPTS = 6;

type Misdirected = "unauthorized" | "unknown_model";
/** Such a reply means that we asked the wrong node, or with the wrong key: never the customer's fault. */
const misdirected = (status: number): Misdirected | null =>
  status === 404 ? "unknown_model" : status === 401 || status === 403 ? "unauthorized" : null;

/**
 * Forwards one request and passes the reply through unedited, chunk by chunk. Another node is tried only while the client
 * has not got a byte, and only when the node was not reached or does not know us or the model.
 */
export class Exchange {
  readonly #accepted: Accepted;
  readonly #client: Client;
  readonly #tools: ExchangeTools;
  readonly #trace: RequestTrace;
  readonly #tried = new Set<string>();
  readonly #usage = createUsageTail();
  /** Ends the attempt that runs, and gives back its place on the node. */
  #cancel: () => void = () => {};
  #attemptsLeft = MAX_ATTEMPTS;
  #isOver = false;

  constructor(accepted: Accepted, client: Client, tools: ExchangeTools) {
    this.#accepted = accepted;
    this.#client = client;
    this.#tools = tools;
    this.#trace = newTrace(accepted);
  }

  start(): void {
    this.#client.response.on("close", () => this.#onClientClosed());
    this.#attempt();
  }

  #attempt(): void {
    const { caller, snapshot, target, path, body, located, requestId } = this.#accepted;
    const { upstream, health } = this.#tools;
    const decision = decide({ tenant: caller.tenant, target, excluded: this.#tried }, snapshot, health);
    if (decision.kind === "reject") {
      this.#refuse(decision.rejection);
      return;
    }
    noteDecision(this.#trace, decision, this.#tools.now());
    const release = holdPlace(health, decision.node.id);
    let write: (chunk: Buffer) => void = () => {};
    const running = upstream.send(
      decision.node,
      {
        method: "POST",
        path,
        headers: requestHeaders(this.#client.request.headers, requestId),
        body: spliceModel(body, located, decision.model),
      },
      {
        onHead: (status, headers, flow) => {
          const fault = misdirected(status);
          if (fault) this.#onMisdirected(fault, decision);
          else write = this.#passHead(status, headers, decision, flow) ?? write;
        },
        onData: (chunk) => {
          this.#usage.add(chunk);
          write(chunk);
        },
        onEnd: () => {
          release();
          this.#onEnd(decision);
        },
        onError: (error) => {
          release();
          this.#onError(error, decision);
        },
      },
    );
    this.#cancel = () => {
      running.abort();
      release();
    };
  }

  /** Status and headers, ours among them, go out before the first byte of the body. @returns how to write that */
  #passHead(
    status: number,
    headers: IncomingHttpHeaders,
    decision: Serve,
    flow: Flow,
  ): ((chunk: Buffer) => void) | null {
    const { response } = this.#client;
    try {
      response.writeHead(status, { ...replyHeaders(headers), ...ourHeaders(decision) });
    } catch (error) {
      this.#cancel();
      this.#tools.log.error("node sent headers that cannot be passed on", { node: decision.node.name, error });
      this.#refuse(reject(502, "bad_reply", "The node's reply was not valid HTTP. Report the request id."));
      return null;
    }
    this.#trace.firstByteAt = this.#tools.now();
    this.#trace.simulated ||= headers[SIMULATED_HEADER] === "1";
    // a stream's first token may take seconds; its reader should know at once who answers
    if (String(headers["content-type"]).startsWith("text/event-stream")) response.flushHeaders();
    return createClientSink(response, flow, () => response.destroy()).write;
  }

  #onMisdirected(fault: Misdirected, { node, model }: Serve): void {
    this.#cancel();
    this.#tools.log.warn("node does not know us or the model", { node: node.name, model, fault });
    // a node without this model may well answer as the base model: only the name is ruled out
    if (fault === "unknown_model") this.#tools.health.markLost(node.id, model);
    else this.#tried.add(node.id);
    this.#tryAgain(fault);
  }

  #onEnd({ via }: Serve): void {
    const { response } = this.#client;
    const { arrivedAt } = this.#accepted;
    response.end();
    const since = (at: Date) => (at.getTime() - arrivedAt.getTime()) / 1000;
    const firstByteSeconds = this.#trace.firstByteAt && since(this.#trace.firstByteAt);
    const status = response.statusCode;
    const seconds = since(this.#tools.now());
    this.#tools.metrics.answered({ kind: this.#trace.kind, via, status, seconds, firstByteSeconds });
    this.#finish(status, null);
  }

  #onError(error: Error, { node }: Serve): void {
    const { response } = this.#client;
    const isConnection = isConnectionFailure(error);
    this.#tools.log.warn("node failed a request", {
      node: node.name,
      error: error.message,
      afterFirstByte: response.headersSent,
    });
    if (isConnection) this.#tools.health.markDown(node.id);
    if (response.headersSent) {
      // the status is out: only a broken connection can still tell the client that this is not all
      this.#finish(502, "upstream_broke");
      response.destroy();
    } else if (isConnection) {
      this.#tried.add(node.id);
      this.#tryAgain("connection");
    } else this.#refuse(reject(504, "node_timeout", "The node took too long to answer. Ask for a shorter answer."));
  }

  #tryAgain(reason: "connection" | Misdirected): void {
    this.#tools.metrics.retried(reason);
    this.#attemptsLeft -= 1;
    if (this.#attemptsLeft > 0) this.#attempt();
    else
      this.#refuse(reject(503, "no_node", "No node answered. Try again in a few seconds.", { retryAfterSeconds: 5 }));
  }

  #onClientClosed(): void {
    if (this.#isOver) return;
    this.#cancel();
    this.#tools.metrics.clientGone();
    this.#finish(499, "client_gone");
  }

  #refuse(rejection: Rejection): void {
    this.#trace.via = null;
    this.#client.refuse(rejection);
    this.#finish(rejection.status, rejection.code);
  }

  #finish(status: number, reason: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const endedAt = this.#tools.now();
    this.#tools.recordTrace({ ...this.#trace, ...this.#usage.read(), status, reason, endedAt }, null);
  }
}

/** Counts a request on its node until the returned function is called; calling it twice is fine. */
function holdPlace(health: NodeHealth, nodeId: string): () => void {
  let isHeld = true;
  health.started(nodeId);
  return () => {
    if (isHeld) health.ended(nodeId);
    isHeld = false;
  };
}

/** Who answers, said on every reply; the base model has no version and says so. */
const ourHeaders = ({ node, version, via }: Serve): Record<string, string> => ({
  "x-switchyard-served-by": node.name,
  "x-switchyard-version": version === null ? "base" : `v${version.number}`,
  ...(version === null ? {} : { "x-switchyard-version-id": version.id }),
  "x-switchyard-via": via,
});

function newTrace({ requestId, path, arrivedAt, caller, located, target }: Accepted): RequestTrace {
  return {
    id: requestId,
    tenantId: caller.tenant.id,
    adapterId: adapterOf(target),
    versionId: null,
    nodeId: null,
    loraName: null,
    kind: caller.pins.kind,
    via: null,
    path,
    status: 0,
    reason: null,
    stream: located.isStream,
    simulated: false,
    arrivedAt,
    dispatchedAt: null,
    firstByteAt: null,
    endedAt: arrivedAt,
    promptTokens: null,
    completionTokens: null,
    keyId: null,
    nodeEpoch: null,
    endpointId: null,
    queuedMs: null,
    heldMs: null,
    expectedTier: null,
    attempts: 0,
    fallbackReason: null,
  };
}

const adapterOf = (target: Target): string | null => {
  switch (target.kind) {
    case "adapter":
      return target.adapter.id;
    case "pinned":
      return target.version.adapterId;
    case "base":
      return null;
  }
};

function noteDecision(trace: RequestTrace, decision: Serve, now: Date): void {
  trace.versionId = decision.version?.id ?? null;
  trace.nodeId = decision.node.id;
  trace.loraName = decision.version?.loraName ?? null;
  trace.via = decision.via;
  trace.simulated = decision.node.simulated;
  trace.dispatchedAt = now;
}
