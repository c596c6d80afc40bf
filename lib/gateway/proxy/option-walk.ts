import type { Admission } from "../admission/admission.ts";
import type { Place, Refusal, Ticket } from "../admission/ask.ts";
import { type Rejection, reject } from "../front/rejection.ts";
import type { FallbackReason } from "../metrics.ts";
import type { Breakers } from "../routing/breakers.ts";
import { eligibleNodes, type Load, type NodeAsk } from "../routing/eligible-nodes.ts";
import { type Health, stillOut, type Tried, withoutSuspects } from "../routing/last-resort.ts";
import { type NodeOption, noAnswer, type Option, type Plan } from "../routing/plan-route.ts";
import type { NodeEntry, Snapshot, VersionEntry } from "../snapshot/snapshot.ts";
import type { Call } from "./call.ts";

export type WalkTools = {
  /** The one in force; null until the first was read. */
  snapshot: () => Snapshot | null;
  breakers: Breakers;
  load: Load & Health;
  /** The same fleet with the doubts about each node left aside, for when nothing else is left. */
  lastResortLoad: Load;
  admission: Admission;
  /** Wall clock, ms. */
  now: () => number;
};
export type EndpointOption = Extract<Option, { on: "endpoint" }>;
/** Who hears where the walk came to. One of these is called for each `next`, at once or later; nothing after `stop`. */
export type Walker = {
  onPlace(option: NodeOption, node: NodeEntry, place: Place): void;
  onEndpoint(option: EndpointOption): void;
  /** Nothing can answer. */
  onNothing(rejection: Rejection): void;
};

const MAX_WAIT_MS = 30_000;
/** Evals, shadows and probes take what users leave, and have the time. */
const MAX_BACKGROUND_WAIT_MS = 120_000;
/** Where something else may answer, a request waits at most so many times what counts as saturated. */
const SATURATED_WAITS = 2;

const NONE_TRIED: Tried = new Map();

/**
 * Takes a request's options in turn, and waits for a place where there is one to wait for. When none can answer, they are
 * taken once more as a last resort: with nodes that are about to come back.
 */
export class OptionWalk {
  readonly #call: Call;
  readonly #options: readonly Option[];
  readonly #isForced: boolean;
  readonly #tools: WalkTools;
  readonly #walker: Walker;
  readonly #ask: NodeAsk;
  #tried: Tried = NONE_TRIED;
  #isCandidateOut = false;
  /** Why something preferred does not answer. */
  #why: FallbackReason | null = null;
  /** What the client is told when nothing else can answer. */
  #failure: Rejection | null = null;
  #ticket: Ticket | null = null;
  /** Some node could have answered, and had no room. */
  #isCrowdedOut = false;

  constructor(call: Call, { options, forced }: Extract<Plan, { kind: "plan" }>, tools: WalkTools, walker: Walker) {
    this.#call = call;
    this.#options = options;
    this.#isForced = forced;
    this.#tools = tools;
    this.#walker = walker;
    this.#ask = { target: call.target, now: new Date(call.client.arrivedAt) };
  }

  /** Looks for the first option that is not ruled out. */
  next(): void {
    this.#tryFrom(0, false);
  }

  #tryFrom(from: number, isLastResort: boolean): void {
    for (let at = from; at < this.#options.length; at += 1) {
      const option = this.#options[at];
      if (option === undefined || (option.isCandidate && this.#isCandidateOut)) continue;
      if (option.on === "endpoint" ? this.#tryEndpoint(option, isLastResort) : this.#tryNodes(option, at, isLastResort))
        return;
    }
    if (isLastResort || this.#isCrowdedOut) this.#walker.onNothing(this.#failure ?? noAnswer(this.#call.target));
    else this.#tryFrom(0, true);
  }

  /** It failed for this request. @param failure what the client is told if nothing else answers; null = nothing new */
  ruleOut(placeId: string, failure: Rejection | null): void {
    this.#tried = new Map(this.#tried).set(placeId, this.#tools.load.proofs(placeId));
    this.#failure = failure ?? this.#failure;
  }

  /** Where a candidate fails, the live version on the same node may not. */
  ruleOutCandidate(failure: Rejection): void {
    this.#isCandidateOut = true;
    this.#failure = failure;
  }

  /** Whether something else than this one, on this place, could answer right now. */
  hasAnother(failed: Option, placeId: string): boolean {
    return this.#options.some((option) => {
      if (option.isCandidate && (this.#isCandidateOut || option === failed)) return false;
      if (option.on === "endpoint") return option.endpoint.id !== placeId && !this.#tried.has(option.endpoint.id);
      const isOther = (id: string) => id !== placeId || failed.isCandidate;
      return this.#nodesOf(option, false).some(isOther) || this.#nodesOf(option, true).some(isOther);
    });
  }

  /** null = the route's own target answers. */
  fallbackReason(option: Option): FallbackReason | null {
    if (!option.isFallback) return null;
    const own = this.#options.findIndex(({ isFallback }) => !isFallback);
    const isByControl = this.#isForced && (own < 0 || this.#options.indexOf(option) < own);
    return isByControl ? "control" : (this.#why ?? "no_node");
  }

  /** Nobody wants a place any more. */
  stop(): void {
    this.#ticket?.cancel();
    this.#ticket = null;
  }

  /** @returns false = no node can serve it now */
  #tryNodes(option: NodeOption, at: number, isLastResort: boolean): boolean {
    const nodes = this.#nodesOf(option, isLastResort);
    if (nodes.length === 0) {
      this.#passOver(option, this.#whyNone(option));
      return false;
    }
    const { caller, tokens } = this.#call;
    let isAnswered = false;
    const ticket = this.#tools.admission.enter(
      {
        tenantId: caller.tenant.id,
        weight: caller.tenant.weight,
        priority: caller.pins.kind === "user" ? "user" : "background",
        poolId: option.poolId,
        name: option.version === null ? null : option.model,
        nodes,
        tokens,
        maxWaitMs: this.#maxWaitMs(option, at),
        refresh: () => this.#nodesOf(option, isLastResort),
      },
      (result) => {
        isAnswered = true;
        this.#ticket = null;
        if ("reason" in result) this.#onRefused(option, at, isLastResort, result);
        else this.#onPlace(option, isLastResort, result);
      },
    );
    if (!isAnswered) this.#ticket = ticket;
    return true;
  }

  #onRefused(option: NodeOption, at: number, isLastResort: boolean, { reason, retryAfterSeconds }: Refusal): void {
    if (reason === "no_node") this.#passOver(option, this.#whyNone(option));
    else {
      this.#isCrowdedOut = true;
      this.#failure ??= reject(reason, { retryAfterSeconds });
      this.#passOver(option, "saturated");
    }
    this.#tryFrom(at + 1, isLastResort);
  }

  #onPlace(option: NodeOption, isLastResort: boolean, place: Place): void {
    const node = this.#snapshot().nodes.get(place.nodeId);
    if (node !== undefined && this.#tools.breakers.letThrough(node.id, isLastResort))
      this.#walker.onPlace(option, node, place);
    else {
      // gone a moment ago, or another request is its breaker's one probe: the next look will not find it
      place.release();
      this.next();
    }
  }

  /** @returns false = it is ruled out */
  #tryEndpoint(option: EndpointOption, isLastResort: boolean): boolean {
    const { id } = option.endpoint;
    const isTried = this.#tried.has(id);
    if (option.model === null && this.#call.located.kind === "absent") {
      const rejection = reject("model_missing", { param: "model" });
      this.#passOver(option, "no_node");
      if (option.isFallback) return false;
      // the customer's to put right; another answer in its place would only hide it
      this.#walker.onNothing(rejection);
      return true;
    }
    if (isTried || !this.#tools.breakers.letThrough(id, isLastResort)) {
      this.#passOver(option, isTried ? "node_failed" : "breaker_open");
      return false;
    }
    this.#walker.onEndpoint(option);
    return true;
  }

  /** By the snapshot in force: who waited must not be sent where a version was, or to a node that is gone. */
  #nodesOf(option: NodeOption, isLastResort: boolean): readonly string[] {
    const snapshot = this.#snapshot();
    const current = snapshot === this.#call.snapshot ? option : optionIn(option, snapshot);
    if (current === null) return [];
    const { load, lastResortLoad } = this.#tools;
    if (isLastResort) return eligibleNodes(current, this.#ask, snapshot, lastResortLoad, stillOut(this.#tried, load));
    return withoutSuspects(eligibleNodes(current, this.#ask, snapshot, load, this.#tried), load);
  }

  #snapshot(): Snapshot {
    return this.#tools.snapshot() ?? this.#call.snapshot;
  }

  #maxWaitMs({ poolId }: NodeOption, at: number): number {
    const { caller, deadlineAt, snapshot } = this.#call;
    const left = deadlineAt === null ? Number.POSITIVE_INFINITY : Math.max(0, deadlineAt - this.#tools.now());
    if (caller.pins.kind !== "user") return Math.min(left, MAX_BACKGROUND_WAIT_MS);
    const isLast = at === this.#options.length - 1;
    const longest = isLast ? MAX_WAIT_MS : SATURATED_WAITS * (snapshot.pools.get(poolId)?.saturationWaitMs ?? 0);
    return Math.min(left, longest, MAX_WAIT_MS);
  }

  #whyNone({ version, poolId }: NodeOption): FallbackReason {
    if (this.#tried.size > 0) return "node_failed";
    const { load } = this.#tools;
    const nodeIds = version?.routableOn ?? this.#snapshot().pools.get(poolId)?.nodeIds ?? [];
    const isBroken = (version !== null && load.versionIsOpen(version.id)) || nodeIds.some((id) => load.isOpen(id));
    return isBroken ? "breaker_open" : "no_node";
  }

  /** What the route's own target lacked counts more than what a fallback lacked. */
  #passOver(option: Option, why: FallbackReason): void {
    if (!option.isFallback || this.#why === null) this.#why = why;
  }
}

/** The same option, as another snapshot has its version; null = that one does not know it. */
function optionIn(option: NodeOption, snapshot: Snapshot): NodeOption | null {
  if (option.version === null) return option;
  const version: VersionEntry | undefined = snapshot.versions.get(option.version.id);
  return version === undefined ? null : { ...option, version };
}
