import type { IncomingMessage, ServerResponse } from "node:http";
import { errorText } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { type Client, Exchange, type ExchangeTools } from "../proxy/exchange.ts";
import { locateModel } from "../proxy/splice-model.ts";
import { resolveTarget } from "../routing/decide.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { type Caller, identifyCaller } from "./identify-caller.ts";
import { listModels } from "./list-models.ts";
import { readBody } from "./read-body.ts";
import { errorBody, type Rejection, reject } from "./rejection.ts";

export type GatewayTools = ExchangeTools & {
  snapshot: () => Snapshot | null;
  snapshotAgeMs: () => number | null;
  isDraining: () => boolean;
};

/** Everything the public port knows. Nothing else is ever forwarded: nodes' management paths cannot be reached. */
const INFERENCE_PATHS: ReadonlySet<string> = new Set(["/v1/chat/completions", "/v1/completions"]);

/** A snapshot older than this is worth a word on /readyz; it is still better than none. */
const STALE_SNAPSHOT_MS = 30_000;

/** Answers one request on the public port. Never throws. */
export function handleRequest(request: IncomingMessage, response: ServerResponse, tools: GatewayTools): void {
  const requestId = newId("request");
  const arrivedAt = tools.now();
  response.setHeader("x-request-id", requestId);
  if (tools.isDraining()) response.setHeader("connection", "close");
  const refuse = (rejection: Rejection) => sendRejection(request, response, rejection, requestId, tools);
  const client: Client = { request, response, refuse };
  route(client, { requestId, arrivedAt }, tools).catch((error: unknown) => {
    tools.log.error("request failed inside the gateway", { requestId, error: errorText(error) });
    if (response.headersSent) response.destroy();
    else refuse(reject(502, "gateway_error", "The gateway failed. Try again; if it stays, report the request id."));
  });
}

type Arrival = { requestId: string; arrivedAt: Date };

async function route(client: Client, arrival: Arrival, tools: GatewayTools): Promise<void> {
  const { request, response } = client;
  const url = request.url ?? "/";
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  const { method } = request;
  if (method === "GET" && path === "/livez") return sendJson(response, 200, { status: "alive" });
  if (method === "GET" && path === "/readyz") return sendReadiness(response, tools);
  const isModels = method === "GET" && path === "/v1/models";
  const isInference = method === "POST" && INFERENCE_PATHS.has(path);
  if (!isModels && !isInference)
    return client.refuse(
      reject(
        404,
        "unknown_url",
        "There is no such endpoint. Use POST /v1/chat/completions, POST /v1/completions or GET /v1/models.",
      ),
    );
  const snapshot = tools.snapshot();
  if (snapshot === null)
    return client.refuse(
      reject(503, "not_ready", "The gateway is starting. Try again in a second.", { retryAfterSeconds: 1 }),
    );
  const caller = identifyCaller((name) => readHeader(request, name), snapshot, arrival.arrivedAt);
  if (caller.kind === "refused") return client.refuse(caller.rejection);
  if (isModels) return sendJson(response, 200, listModels(caller.tenant, snapshot));
  await infer(client, { ...arrival, path, caller, snapshot }, tools);
}

/** Only now, with the tenant known, is the body looked at. */
async function infer(
  client: Client,
  call: Arrival & { path: string; caller: Caller; snapshot: Snapshot },
  tools: GatewayTools,
): Promise<void> {
  const body = await readBody(client.request);
  if (body === null || client.response.destroyed) return;
  if (!Buffer.isBuffer(body)) return client.refuse(body);
  const located = locateModel(body);
  if (located.kind === "refused")
    return client.refuse(
      reject(400, located.code, `${located.message} Send one JSON object in UTF-8.`, {
        ...(located.code.includes("model") ? { param: "model" } : {}),
      }),
    );
  const model = located.kind === "found" ? located.model : null;
  const target = resolveTarget(model, call.caller.tenant, call.caller.pins, call.snapshot);
  if ("status" in target) return client.refuse(target);
  new Exchange({ ...call, target, body, located }, client, tools).start();
}

/** A header given twice is joined by commas, which no slug, id or key holds: it matches nothing. */
const readHeader = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value.join(", ") : value;
  return text === undefined || text === "" ? null : text;
};

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** Ready while it can route at all: with the database away it goes on from its last snapshot, and says so. */
function sendReadiness(response: ServerResponse, tools: GatewayTools): void {
  const age = tools.snapshotAgeMs();
  const status = tools.isDraining() ? "draining" : age === null ? "starting" : "ready";
  sendJson(response, status === "ready" ? 200 : 503, {
    status,
    snapshotAgeMs: age,
    isSnapshotStale: age !== null && age > STALE_SNAPSHOT_MS,
  });
}

function sendRejection(
  request: IncomingMessage,
  response: ServerResponse,
  rejection: Rejection,
  requestId: string,
  tools: GatewayTools,
): void {
  tools.metrics.rejected(rejection.code);
  if (response.headersSent || response.destroyed) return;
  const text = errorBody(rejection, requestId);
  response.writeHead(rejection.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...(rejection.retryAfterSeconds === null ? {} : { "retry-after": String(rejection.retryAfterSeconds) }),
    // what is left of an unread body must not be taken for the next request
    ...(request.complete ? {} : { connection: "close" }),
  });
  response.end(text);
}
