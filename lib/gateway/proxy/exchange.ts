import { errorText } from "#lib/platform/errors.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";
import type { Place } from "../admission/ask.ts";
import type { ClientWatcher } from "../front/client.ts";
import { type Rejection, reject } from "../front/rejection.ts";
import type { RetryReason } from "../metrics.ts";
import { type NodeOption, noAnswer, type Plan } from "../routing/plan-route.ts";
import type { NodeEntry } from "../snapshot/snapshot.ts";
import { headerOf, isEventStream, type ReplyHeaders } from "../upstream/reply-headers.ts";
import type { Destination, Fault, Flow, UpstreamHandler } from "../upstream/upstream.ts";
import { Attempt } from "./attempt.ts";
import { bodyFor, type Call } from "./call.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { passReplyHeaders, requestHeaders } from "./hop-headers.ts";
import { judgeHead } from "./judge-head.ts";
import { noteEndpoint, noteNode } from "./note-place.ts";
import { type EndpointOption, OptionWalk, type Walker } from "./option-walk.ts";
import { ReplyPipe } from "./reply-pipe.ts";
import { newTrace, noteTokens } from "./request-trace.ts";
import { pushServedBy } from "./served-by.ts";
import type { NodeQueue, PendingRequest } from "./stalled-requests.ts";

/** This only bounds what a whole fleet in disarray may cost one request. */
const MAX_ATTEMPTS = 6;

/**
 * Answers one request: sends it where its options lead, and passes the reply through unedited, chunk by chunk. Until the
 * client has got a byte, a failure leads to the next place within the retry budget.
 */
export class Exchange implements UpstreamHandler, Walker, PendingRequest, ClientWatcher {
  readonly #call: Call;
  readonly #plan: Extract<Plan, { kind: "plan" }>;
  readonly #tools: ExchangeTools;
  readonly #walk: OptionWalk;
  readonly #trace: RequestTrace;
  seat = -1;
  #attempt: Attempt | null = null;
  /** Of the node that was asked last; null = none was. */
  #queue: NodeQueue | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #isMirrored = false;
  #hasBegun = false;
  #isOver = false;

  constructor(call: Call, plan: Extract<Plan, { kind: "plan" }>, tools: ExchangeTools) {
    const { client, path, caller, located } = call;
    this.#call = call;
    this.#plan = plan;
    this.#tools = tools;
    this.#walk = new OptionWalk(call, plan, tools, this);
    this.#trace = newTrace(client, path, caller.tenant.id, caller.keyId, caller.pins.kind);
    this.#trace.stream = located.isStream;
    this.#trace.adapterId = plan.options[0]?.adapterId ?? null;
  }

  start(): void {
    const { client, deadlineAt, caller } = this.#call;
    this.#tools.retries.noteRequest();
    this.#tools.live.entered(caller.tenant.id);
    client.watcher = this;
    if (deadlineAt !== null)
      this.#deadline = setTimeout(() => this.#onDeadline(), Math.max(0, deadlineAt - this.#tools.now()));
    try {
      this.#walk.next();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Called by whoever freed the place: nothing of ours may be thrown at them. */
  onPlace(option: NodeOption, node: NodeEntry, place: Place): void {
    noteNode(this.#trace, option, node, place);
    this.#queue = this.#tools.stalledRequests.queueOf(node.id);
    this.#queue.waiting.add(this);
    try {
      this.#send(new Attempt(option, node, place, this.#tools.live), node, option.model, this.#call.path);
    } catch (error) {
      this.#fail(error);
    }
  }

  onEndpoint(option: EndpointOption): void {
    const { endpoint, model } = option;
    noteEndpoint(this.#trace, endpoint);
    // an endpoint's base URL ends in its own /v1
    this.#send(
      new Attempt(option, endpoint, null, this.#tools.live),
      endpoint,
      model,
      this.#call.path.slice("/v1".length),
    );
  }

  onNothing(rejection: Rejection): void {
    this.#refuse(rejection);
  }

  /** @param model null = as the client sent it */
  #send(attempt: Attempt, to: Destination, model: string | null, path: string): void {
    this.#attempt = attempt;
    const { client, deadlineAt } = this.#call;
    const { version, via } = attempt.option;
    const now = this.#tools.now();
    const trace = this.#trace;
    trace.attempts += 1;
    trace.versionId = version?.id ?? null;
    trace.loraName = version?.loraName ?? null;
    trace.via = via;
    trace.dispatchedAt = new Date(now);
    trace.fallbackReason = this.#walk.fallbackReason(attempt.option);
    const headers = requestHeaders(client.request.headers, client.requestId);
    if (deadlineAt !== null) headers.push("x-request-timeout-ms", String(Math.max(1, deadlineAt - now)));
    attempt.running = this.#tools.upstream.send(
      to,
      {
        method: "POST",
        path,
        headers,
        body: bodyFor(this.#call, model),
      },
      this,
    );
    if (this.#plan.mirror === null || this.#isMirrored) return;
    this.#isMirrored = true;
    this.#tools.mirrors.start(this.#call, this.#plan.mirror);
  }

  onHead(status: number, headers: ReplyHeaders, flow: Flow): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    if (this.#queue !== null) this.#queue.heard += 1;
    const verdict = judgeHead(status, attempt.option);
    switch (verdict) {
      case "pass":
        this.#passHead(attempt, status, headers, flow);
        return;
      case "failed":
        this.#onFailedHead(attempt, status, headers, flow);
        return;
      case "bad_reply":
        this.#onAttemptFailed(attempt, "invalid", reject("bad_reply"));
        return;
      case "unknown_model":
      case "unauthorized":
        this.#onMisdirected(attempt, verdict);
        return;
    }
  }

  onData(chunk: Buffer): void {
    const pipe = this.#attempt?.pipe;
    if (!pipe) return;
    if (this.#queue !== null) this.#queue.heard += 1;
    this.#call.observation?.add(chunk);
    pipe.write(chunk, this.#tools.now());
    if (pipe.hasBegun && !this.#hasBegun) this.#onBegun();
  }

  onEnd(): void {
    const attempt = this.#attempt;
    if (!attempt?.pipe) return;
    try {
      attempt.pipe.end();
    } catch (error) {
      this.#onUnpassable(attempt, error);
      return;
    }
    const { statusCode } = this.#call.client.response;
    if (statusCode < 500) this.#noteSuccess(attempt);
    this.#finish(statusCode, null);
  }

  onError(error: Error, fault: Fault): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    const { health, log } = this.#tools;
    const isUnderWay = this.#hasBegun;
    log.warn("request failed where it was sent", { to: attempt.name, error: error.message, isUnderWay });
    if (isUnderWay) {
      this.#noteFailure(attempt, fault);
      // the status is out: only a broken connection can still tell the client that this is not all
      this.#call.client.response.destroy();
      this.#finish(502, "upstream_broke");
      return;
    }
    // nothing of what came is passed on
    attempt.pipe = null;
    if (fault === "slow") {
      this.#noteFailure(attempt, fault);
      this.#refuse(reject("node_timeout"));
      return;
    }
    if (fault === "unreached" && attempt.option.on === "node") health.markDown(attempt.placeId);
    this.#onAttemptFailed(attempt, fault, fault === "broken" ? reject("node_failed") : reject("bad_reply"));
  }

  /** Status and headers, ours among them, go out before the first byte of the body. */
  #passHead(attempt: Attempt, status: number, headers: ReplyHeaders, flow: Flow): void {
    const { client, located } = this.#call;
    const head = client.headers();
    pushServedBy(head, attempt.name, attempt.option, this.#walk.fallbackReason(attempt.option));
    passReplyHeaders(headers, attempt.option.on, head);
    const isStream = located.isStream && isEventStream(headers);
    try {
      attempt.pipe = new ReplyPipe(client.response, status, head, flow, isStream);
    } catch (error) {
      this.#onUnpassable(attempt, error);
      return;
    }
    if (attempt.pipe.hasBegun) this.#onBegun();
    this.#trace.simulated ||= headerOf(headers, SIMULATED_HEADER) === "1";
    if (isStream) this.#tools.live.streams += 1;
  }

  /** The client has got a part: there is no other place any more, and no deadline. */
  #onBegun(): void {
    this.#hasBegun = true;
    this.#clearDeadline();
    this.#queue?.waiting.delete(this);
    this.#call.charge?.release();
  }

  #onUnpassable(attempt: Attempt, error: unknown): void {
    this.#tools.log.warn("reply cannot be passed on", { from: attempt.name, error: errorText(error) });
    this.#onAttemptFailed(attempt, "invalid", reject("bad_reply"));
  }

  /**
   * A 5xx is tried elsewhere where that is possible; else the client gets it as it is. A candidate's failures are bounded by
   * its breaker, and the live version has room for them: they cost nothing of the retry budget.
   */
  #onFailedHead(attempt: Attempt, status: number, headers: ReplyHeaders, flow: Flow): void {
    const { option, placeId } = attempt;
    const isLast = this.#trace.attempts >= MAX_ATTEMPTS || !this.#walk.hasAnother(option, placeId);
    if (isLast || !(option.isCandidate || this.#mayRetry())) {
      this.#noteFailure(attempt, null);
      this.#passHead(attempt, status, headers, flow);
      return;
    }
    attempt.abort();
    this.#noteFailure(attempt, null);
    if (option.isCandidate) this.#walk.ruleOutCandidate(reject("node_failed"));
    else this.#walk.ruleOut(placeId, reject("node_failed"));
    this.#again("failed");
  }

  #onMisdirected(attempt: Attempt, fault: "unknown_model" | "unauthorized"): void {
    const { option, placeId, name } = attempt;
    const { breakers, health, log } = this.#tools;
    log.warn("what was asked does not know us or the model", { name, model: option.model, fault });
    attempt.abort();
    breakers.undecided(placeId);
    // a node without this model may well answer as the base model: only the name is ruled out
    if (option.on === "node" && fault === "unknown_model") health.markLost(placeId, option.model);
    else this.#walk.ruleOut(placeId, option.on === "endpoint" ? reject("endpoint_refused") : null);
    this.#again(fault);
  }

  /**
   * Nobody worked on what was never reached, and what ran on a place that is out of service by now moves away from it, as
   * many as it had in flight at most. Anything else costs a part of the retry budget.
   */
  #onAttemptFailed(attempt: Attempt, fault: Exclude<Fault, "slow">, failure: Rejection): void {
    const isUnreached = fault === "unreached";
    attempt.abort();
    this.#noteFailure(attempt, fault);
    this.#walk.ruleOut(attempt.placeId, isUnreached ? null : failure);
    const isWorthIt = this.#walk.hasAnother(attempt.option, attempt.placeId);
    const isFree = this.#tools.breakers.stateOf(attempt.placeId) === "open";
    if (isUnreached || (isWorthIt && (isFree || this.#mayRetry()))) this.#again(fault);
    else this.#refuse(failure);
  }

  /** Nothing was heard of this request yet, nor of any other there, and checks failed: it leaves as if the node had died. */
  onSilence(): void {
    const attempt = this.#attempt;
    if (attempt === null || this.#trace.attempts >= MAX_ATTEMPTS) return;
    const { option, placeId } = attempt;
    try {
      if (!this.#walk.hasAnother(option, placeId)) return;
      attempt.abort();
      this.#tools.breakers.undecided(placeId);
      this.#walk.ruleOut(placeId, reject("node_failed"));
      this.#again("silent");
    } catch (error) {
      this.#fail(error);
    }
  }

  #mayRetry(): boolean {
    const isAllowed = this.#tools.retries.take();
    if (!isAllowed) this.#tools.metrics.retryRefused();
    return isAllowed;
  }

  #again(reason: RetryReason): void {
    this.#attempt = null;
    this.#call.observation?.restart();
    this.#leaveQueue();
    this.#tools.metrics.retried(reason);
    if (this.#trace.attempts < MAX_ATTEMPTS) this.#walk.next();
    else this.#refuse(noAnswer(this.#call.target));
  }

  /** @param fault null = it answered with a 5xx */
  #noteFailure({ placeId, option }: Attempt, fault: Fault | null): void {
    const versionId = option.version?.id ?? null;
    this.#tools.breakers.failed(placeId, versionId, option.isCandidate);
    if (fault !== "unreached") this.#trace.failedVersionId ??= versionId;
    if (option.on === "node" && (fault === "broken" || fault === "invalid")) this.#tools.health.markBroken(placeId);
  }

  #noteSuccess({ placeId, option }: Attempt): void {
    this.#tools.breakers.succeeded(placeId, option.version?.id ?? null);
    if (option.on === "node") this.#tools.health.markAnswered(placeId);
  }

  #fail(error: unknown): void {
    this.#tools.log.error("request failed inside the gateway", {
      requestId: this.#call.client.requestId,
      error: errorText(error),
    });
    this.#drop();
    this.#refuse(reject("gateway_error"));
  }

  onClientClosed(): void {
    if (this.#isOver) return;
    this.#drop();
    this.#tools.metrics.clientGone();
    this.#finish(499, "client_gone");
  }

  #onDeadline(): void {
    this.#deadline = null;
    if (this.#isOver || this.#hasBegun) return;
    if (this.#attempt !== null) this.#attempt.pipe = null;
    this.#drop();
    this.#refuse(reject("deadline_exceeded"));
  }

  /** Nobody wants what waits or runs any more. It says nothing about whoever was asked. */
  #drop(): void {
    this.#walk.stop();
    if (this.#attempt === null) return;
    this.#attempt.running?.abort();
    this.#tools.breakers.undecided(this.#attempt.placeId);
  }

  #refuse(rejection: Rejection): void {
    this.#trace.via = null;
    this.#trace.fallbackReason = null;
    this.#call.client.refuse(rejection);
    this.#finish(rejection.status, rejection.code);
  }

  #leaveQueue(): void {
    this.#queue?.waiting.delete(this);
    this.#queue = null;
  }

  #clearDeadline(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = null;
  }

  /** Settles everything that the request held, once. */
  #finish(status: number, reason: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#clearDeadline();
    this.#leaveQueue();
    const { hold, charge, promptTokens, caller } = this.#call;
    this.#tools.live.left(caller.tenant.id);
    if (status === 429 && this.#trace.via === null) this.#tools.live.shed(caller.tenant.id);
    const trace = this.#trace;
    const pipe = this.#attempt?.pipe ?? null;
    const spent = pipe === null ? null : noteTokens(trace, pipe, promptTokens);
    this.#attempt?.end(spent);
    if (trace.attempts === 0) hold?.undo();
    else hold?.end(spent);
    charge?.release();
    trace.status = status;
    trace.reason = reason;
    trace.endedAt = new Date(this.#tools.now());
    this.#tools.metrics.answered(trace);
    const { observation } = this.#call;
    const interToken = pipe?.pace?.counts ?? null;
    if (observation === null) this.#tools.recordTrace(trace, interToken);
    else observation.settle(trace, interToken, this.#tools.recordTrace);
    if (!pipe?.pace) return;
    this.#tools.live.streams -= 1;
    pipe.pace.free();
  }
}
