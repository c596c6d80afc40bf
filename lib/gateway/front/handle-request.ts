import type { IncomingMessage, ServerResponse } from "node:http";
import { errorText } from "#lib/platform/errors.ts";
import type { LimitHold, LimitReason, RateLimits } from "../admission/limits.ts";
import type { ErrorCode } from "../browser/error-codes.ts";
import { SNAPSHOT_STALE_MS } from "../browser/stale-snapshot.ts";
import { Observation } from "../observe/observation.ts";
import type { Recorder } from "../observe/recorder.ts";
import { type Call, estimateTokens, readDeadline } from "../proxy/call.ts";
import { Exchange } from "../proxy/exchange.ts";
import type { ExchangeTools } from "../proxy/exchange-tools.ts";
import { refusedTrace } from "../proxy/request-trace.ts";
import { locateModel } from "../proxy/splice-model.ts";
import { conversationUnit } from "../routing/conversation.ts";
import { planRoute, withoutFallbacks } from "../routing/plan-route.ts";
import { resolveTarget, type Target } from "../routing/resolve-target.ts";
import type { Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import { type Asked, readPath } from "./asked-path.ts";
import type { BodyCharge, BodyIntake } from "./body-intake.ts";
import { Client, type ClientTools, isTooLate } from "./client.ts";
import { type Caller, identifyCaller } from "./identify-caller.ts";
import type { KeyCache } from "./key-cache.ts";
import { findModel, listModels, type ModelCard } from "./list-models.ts";
import { refuseOptional } from "./optional-apis.ts";
import { type Rejection, reject } from "./rejection.ts";

export type GatewayTools = ExchangeTools &
  ClientTools & {
    snapshotAgeMs: () => number | null;
    keys: KeyCache;
    bodies: BodyIntake;
    limits: RateLimits;
    recorder: Pick<Recorder, "wants">;
    /** In [0, 1). */
    random: () => number;
  };

/** Answers one request on the public port. Never throws. @returns null = nobody could get an answer */
export function handleRequest(request: IncomingMessage, response: ServerResponse, tools: GatewayTools): Client | null {
  if (isTooLate(request)) return null;
  const client = new Client(request, response, tools.now(), tools);
  attempt(client, tools, () => route(client, tools));
  return client;
}

/** A fault of ours fails one request, never the process. */
function attempt(client: Client, tools: GatewayTools, run: () => void): void {
  try {
    run();
  } catch (error) {
    tools.log.error("request failed inside the gateway", { requestId: client.requestId, error: errorText(error) });
    client.refuse(reject("gateway_error"));
  }
}

function route(client: Client, tools: GatewayTools): void {
  const { method, url = "/", httpVersion, headers } = client.request;
  if (httpVersion === "0.9" || (httpVersion === "1.1" && headers.host === undefined)) {
    client.refuse(reject("malformed_request", { says: "The request names no version of HTTP, or no host." }));
    return;
  }
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  const asked = readPath(method, path);
  if (asked === null) client.refuse(reject("unknown_url"));
  else if (asked.kind === "livez") client.sendJson(200, { status: "alive" });
  else if (asked.kind === "readyz") sendReadiness(client, tools);
  else serve(client, asked, tools);
}

/** What needs a tenant. */
function serve(client: Client, asked: Exclude<Asked, { kind: "livez" | "readyz" }>, tools: GatewayTools): void {
  const snapshot = tools.snapshot();
  if (snapshot === null) {
    client.refuse(reject("not_ready", { retryAfterSeconds: 1 }));
    return;
  }
  const header = (name: string) => readHeader(client.request, name);
  const caller = identifyCaller(header, snapshot, tools.keys, client.arrivedAt);
  if (caller.kind === "refused") {
    const { rejection, tenant, keyId } = caller;
    client.refuse(rejection);
    if (tenant !== null && asked.kind === "inference")
      tools.recordTrace(refusedTrace(client, asked.path, { tenant, keyId }, rejection, tools.now()), null);
    return;
  }
  switch (asked.kind) {
    case "models":
      client.sendJson(200, listModels(caller.tenant, snapshot));
      return;
    case "model":
      sendModel(client, findModel(asked.id, caller.tenant, snapshot));
      return;
    case "inference":
      receive({ client, asked, path: asked.path, caller, snapshot }, tools);
  }
}

function sendModel(client: Client, found: ModelCard | Rejection): void {
  if ("status" in found) client.refuse(found);
  else client.sendJson(200, found);
}

type Arrival = {
  client: Client;
  asked: Extract<Asked, { kind: "inference" }>;
  path: string;
  caller: Caller;
  snapshot: Snapshot;
};

/** Only now, with the tenant known, is the body looked at. */
function receive(arrival: Arrival, tools: GatewayTools): void {
  const { client, caller } = arrival;
  const { tenant, pins } = caller;
  if (pins.kind === "user" && hasLimits(tenant))
    client.limits = { headers: () => tools.limits.headers(tenant.id, tenant.limits) };
  const deadlineAt = readDeadline(client.request.headers, client.arrivedAt);
  if (deadlineAt === "bad") {
    turnAway(arrival, reject("bad_deadline", { param: "x-request-timeout-ms" }), tools);
    return;
  }
  if (client.request.headers.expect !== undefined) client.response.writeContinue();
  tools.bodies.read(client.request, caller.tenant.id, (outcome, charge) =>
    attempt(client, tools, () => {
      if (outcome === null || client.response.destroyed) {
        charge?.release();
        noteGone(arrival, tools);
      } else if (Buffer.isBuffer(outcome)) {
        const rejection = admit(arrival, outcome, charge, deadlineAt, tools);
        if (rejection === null) return;
        charge?.release();
        turnAway(arrival, rejection, tools);
      } else turnAway(arrival, outcome, tools);
    }),
  );
}

/** Starts the exchange. @returns why there is none */
function admit(
  arrival: Arrival,
  body: Buffer,
  charge: BodyCharge | null,
  deadlineAt: number | null,
  tools: GatewayTools,
): Rejection | null {
  const { caller, snapshot } = arrival;
  const located = locateModel(body);
  if (located.kind === "refused")
    return reject(located.code, {
      ...(located.says === null ? {} : { says: located.says }),
      ...(located.code.includes("model") ? { param: "model" } : {}),
    });
  const model = located.kind === "found" ? located.model : null;
  const target = resolveTarget(model, caller.tenant, caller.pins, snapshot);
  if ("status" in target) return target;
  const notOffered = refuseOptional(arrival.asked, located, target, snapshot);
  if (notOffered !== null) return notOffered;
  const now = new Date(tools.now());
  const spoken = { header: readHeader(arrival.client.request, "x-conversation-id"), body };
  const unit = (salt: string) => conversationUnit(spoken, salt);
  const planned = planRoute({ tenant: caller.tenant, target, unit, mirrorUnit: tools.random, now }, snapshot);
  const plan = arrival.asked.optional === "embeddings" ? withoutFallbacks(planned, target) : planned;
  if (plan.kind === "reject") return plan.rejection;
  const estimate = estimateTokens(body.length, located, arrival.path);
  const hold = enterLimits(arrival.caller, estimate.tokens, tools.limits);
  if (hold !== null && "status" in hold) return hold;
  // written out: a spread costs microseconds here
  const call: Call = {
    client: arrival.client,
    path: arrival.path,
    caller,
    snapshot,
    target,
    body,
    charge,
    located,
    promptTokens: estimate.promptTokens,
    tokens: estimate.tokens,
    deadlineAt,
    hold,
    observation: observe(arrival, target, body, tools),
  };
  new Exchange(call, plan, tools).start();
  return null;
}

/** A cutover looks at how a route's own requests are answered, never at trials and probes; nor are those ever kept. */
function observe({ path, caller }: Arrival, target: Target, body: Buffer, tools: GatewayTools): Observation | null {
  const { kind } = caller.pins;
  const isJudged = target.kind === "adapter" && target.adapter.isObserved && kind === "user";
  const keep = tools.recorder.wants(kind, target);
  return isJudged || keep !== null ? new Observation(path, body, isJudged, keep) : null;
}

const LIMIT_CODES = {
  concurrency: "concurrent_requests",
  requests_per_minute: "requests_per_minute",
  tokens_per_minute: "tokens_per_minute",
  too_large: "tokens_over_limit",
} as const satisfies Record<LimitReason, ErrorCode>;

const hasLimits = ({ limits }: TenantEntry): boolean => Object.values(limits).some((limit) => limit !== null);

/** Evals, shadows and probes are the provider's: they are not charged to the customer. */
function enterLimits({ tenant, pins }: Caller, tokens: number, limits: RateLimits): LimitHold | Rejection | null {
  if (pins.kind !== "user" || !hasLimits(tenant)) return null;
  const entered = limits.enter(tenant.id, tenant.limits, tokens);
  if (!("reason" in entered)) return entered;
  const { reason, retryAfterSeconds } = entered;
  return reject(LIMIT_CODES[reason], reason === "too_large" ? {} : { retryAfterSeconds });
}

function turnAway({ client, path, caller }: Arrival, rejection: Rejection, tools: GatewayTools): void {
  client.refuse(rejection);
  if (rejection.status === 429) tools.live.shed(caller.tenant.id);
  tools.recordTrace(refusedTrace(client, path, caller, rejection, tools.now()), null);
}

function noteGone({ client, path, caller }: Arrival, tools: GatewayTools): void {
  const gone = { status: 499, code: "client_gone" } as const;
  tools.metrics.clientGone();
  tools.recordTrace(refusedTrace(client, path, caller, gone, tools.now()), null);
}

/** A header given twice is joined by commas, which no slug, id or key holds: it matches nothing. */
const readHeader = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value.join(", ") : value;
  return text === undefined || text === "" ? null : text;
};

/** Ready while it can route at all: with the database away it goes on from its last snapshot, and says so. */
function sendReadiness(client: Client, tools: GatewayTools): void {
  const age = tools.snapshotAgeMs();
  const status = tools.isDraining() ? "draining" : age === null ? "starting" : "ready";
  client.sendJson(status === "ready" ? 200 : 503, {
    status,
    snapshotAgeMs: age,
    isSnapshotStale: age !== null && age > SNAPSHOT_STALE_MS,
  });
}
