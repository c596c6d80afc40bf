import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorText } from "#lib/platform/errors.ts";
import { EngineDead } from "../engine/engine-dead.ts";
import { chatCompletions } from "./chat.ts";
import { completions } from "./completions.ts";
import { devRoutes } from "./dev-routes.ts";
import { embeddings } from "./embeddings.ts";
import { detokenize, listModels, tokenize, tokenizerInfo } from "./info-routes.ts";
import { loadAnywhere, loadRoute, nameLocks, unloadAnywhere, unloadRoute } from "./lora-routes.ts";
import type { NodeContext } from "./node-context.ts";
import { errorBody, HttpError, sendJson, sendRaw } from "./reply.ts";
import { responses } from "./responses.ts";
import { ClientGone } from "./run-generation.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** What the request metrics leave out; "/load" also swallows /v1/load_lora_adapter, as in vLLM. */
const UNCOUNTED = ["/metrics", "/health", "/load", "/ping", "/version", "/server_info"];

/** The node's HTTP surface as one request listener. */
export function createApp(context: NodeContext): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = routesOf(context);
  const isAllowed = keyCheck(context.apiKeys);
  return (request, response) => {
    const startMs = performance.now();
    const path = new URL(request.url ?? "/", "http://node").pathname;
    const handlers = routes.get(path) ?? routes.get(path.replace(/^(\/adapters\/)[^/]+$/, "$1{name}"));
    if (!UNCOUNTED.some((part) => path.includes(part)))
      response.once("finish", () =>
        context.metrics.answered({
          handler: handlers ? path : "none",
          method: request.method ?? "GET",
          status: response.statusCode,
          seconds: (performance.now() - startMs) / 1000,
        }),
      );
    if (context.profile.guardedPrefixes.some((prefix) => path.startsWith(prefix)) && !isAllowed(request)) {
      request.resume();
      return sendJson(response, 401, { error: "Unauthorized" });
    }
    const handler = handlers?.[request.method ?? "GET"];
    if (handler === undefined) {
      request.resume();
      return handlers
        ? sendJson(response, 405, { detail: "Method Not Allowed" })
        : sendJson(response, 404, { detail: "Not Found" });
    }
    answer(context, handler, request, response);
  };
}

function routesOf(context: NodeContext): ReadonlyMap<string, Readonly<Record<string, Handler>>> {
  const locks = nameLocks();
  const health: Handler = (_, response) => sendRaw(response, context.engine.death ? 503 : 200, "");
  const routes: [string, Record<string, Handler>][] = [
    ["/v1/models", { GET: (_, response) => listModels(context, response) }],
    ["/v1/chat/completions", { POST: (request, response) => chatCompletions(context, request, response) }],
    ["/v1/completions", { POST: (request, response) => completions(context, request, response) }],
    ["/v1/embeddings", { POST: (request, response) => embeddings(context, request, response) }],
    ["/v1/responses", { POST: (request, response) => responses(context, request, response) }],
    // SageMaker's door to inference, outside the guarded prefixes.
    ["/invocations", { POST: (request, response) => chatCompletions(context, request, response) }],
    ["/tokenize", { POST: (request, response) => tokenize(context, request, response) }],
    ["/detokenize", { POST: (request, response) => detokenize(context, request, response) }],
    ["/health", { GET: health }],
    ["/ping", { GET: health, POST: health }],
    ["/version", { GET: (_, response) => sendJson(response, 200, { version: context.profile.version }) }],
    ["/load", { GET: (_, response) => sendJson(response, 200, { server_load: context.serverLoad() }) }],
    [
      "/metrics",
      {
        GET: (_, response) =>
          sendRaw(response, 200, context.metrics.render(), "text/plain; version=1.0.0; charset=utf-8"),
      },
    ],
  ];
  if (context.allowsRuntimeLora)
    routes.push(
      ["/v1/load_lora_adapter", { POST: (request, response) => loadRoute(context, locks, request, response) }],
      ["/v1/unload_lora_adapter", { POST: (request, response) => unloadRoute(context, locks, request, response) }],
    );
  if (context.allowsRuntimeLora && context.profile.hasContainerRoutes)
    routes.push(
      // The container standard's routes: the same handlers outside the guarded prefixes, so no key protects them.
      ["/adapters", { POST: (request, response) => loadAnywhere(context, locks, request, response) }],
      ["/adapters/{name}", { DELETE: (request, response) => unloadAnywhere(context, locks, request, response) }],
    );
  if (context.tokenizerInfo)
    routes.push(["/tokenizer_info", { GET: (_, response) => tokenizerInfo(context, response) }]);
  if (context.devMode) routes.push(...devRoutes(context));
  return new Map(routes);
}

function answer(context: NodeContext, handler: Handler, request: IncomingMessage, response: ServerResponse): void {
  const run = async () => handler(request, response);
  run().catch((error: unknown) => {
    if (response.writableEnded) return;
    if (error instanceof ClientGone || response.headersSent) return void response.destroy();
    const refusal = refusalOf(error);
    if (refusal.status >= 500 && !(error instanceof HttpError || error instanceof EngineDead))
      context.log.error("simulated node failed", { error });
    request.resume();
    sendJson(response, refusal.status, errorBody(refusal, context.profile));
  });
}

const refusalOf = (error: unknown): HttpError =>
  error instanceof HttpError ? error : new HttpError(500, "InternalServerError", errorText(error));

/** vLLM compares hashes in constant time; no key set = everything is open. */
function keyCheck(keys: readonly string[]): (request: IncomingMessage) => boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const known = keys.map(hash);
  return (request) => {
    if (known.length === 0) return true;
    const [scheme = "", ...rest] = (request.headers.authorization ?? "").split(" ");
    const given = hash(rest.join(" "));
    return scheme.toLowerCase() === "bearer" && known.some((key) => timingSafeEqual(key, given));
  };
}
