import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import type { NodeContext } from "./node-context.ts";
import { parseBody } from "./parse-body.ts";
import { badRequest, HttpError, readJson, sendJson, sendRaw } from "./reply.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const RpcSchema = z.looseObject({
  method: z.string().optional(),
  args: z.array(z.unknown()).default([]),
  kwargs: z.record(z.string(), z.unknown()).default({}),
});

const AbortSchema = z.looseObject({ request_ids: z.array(z.string()).nullish() });

/**
 * What `VLLM_SERVER_DEV_MODE=1` adds: no key guards any of it, and a worker's methods can be called. A production node
 * has none of these.
 */
export function devRoutes(context: NodeContext): [string, Record<string, Handler>][] {
  return [
    ["/server_info", { GET: (request, response) => serverInfo(context, request, response) }],
    ["/collective_rpc", { POST: (request, response) => collectiveRpc(context, request, response) }],
    ["/reset_prefix_cache", { POST: (_, response) => resetPrefixCache(context, response) }],
    ["/reset_mm_cache", { POST: (_, response) => sendRaw(response, 200, "") }],
    ["/reset_encoder_cache", { POST: (_, response) => sendRaw(response, 200, "") }],
    ["/abort_requests", { POST: (request, response) => abortRequests(context, request, response) }],
    ...pauseRoutes(context),
    ...sleepRoutes(context),
  ];
}

function pauseRoutes({ engine }: NodeContext): [string, Record<string, Handler>][] {
  return [
    [
      "/pause",
      {
        POST: (request, response) => {
          const { searchParams } = new URL(request.url ?? "/", "http://node");
          engine.pause(searchParams.get("wait_for_inflight_requests") !== "true");
          sendJson(response, 200, { status: "paused" });
        },
      },
    ],
    [
      "/resume",
      {
        POST: (_, response) => {
          engine.resume();
          sendJson(response, 200, { status: "resumed" });
        },
      },
    ],
    ["/is_paused", { GET: (_, response) => sendJson(response, 200, { is_paused: engine.isPaused }) }],
  ];
}

/** Waking from level 2 drops every adapter in the engine; the names stay, and load again when they are used. */
function sleepRoutes({ engine, metrics }: NodeContext): [string, Record<string, Handler>][] {
  let level: 1 | 2 | null = null;
  return [
    [
      "/sleep",
      {
        POST: (request, response) => {
          const { searchParams } = new URL(request.url ?? "/", "http://node");
          level = searchParams.get("level") === "2" ? 2 : 1;
          engine.pause((searchParams.get("mode") ?? "abort") === "abort");
          metrics.slept(level);
          sendRaw(response, 200, "");
        },
      },
    ],
    [
      "/wake_up",
      {
        POST: (_, response) => {
          engine.resume(level === 2);
          level = null;
          metrics.slept(null);
          sendRaw(response, 200, "");
        },
      },
    ],
    ["/is_sleeping", { GET: (_, response) => sendJson(response, 200, { is_sleeping: level !== null }) }],
  ];
}

async function resetPrefixCache({ engine, profile }: NodeContext, response: ServerResponse): Promise<void> {
  const success = await engine.resetPrefixCache();
  if (profile.answersPrefixReset) sendJson(response, 200, { success });
  else sendRaw(response, 200, "");
}

/** The ids are those of replies; without any, all requests end. */
async function abortRequests(
  { engine }: NodeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { request_ids: ids } = await parseBody(request, AbortSchema);
  // The engine numbers the choices of one request.
  engine.endRequests(ids ? ids.flatMap((id) => Array.from({ length: 64 }, (_, choice) => `${id}-${choice}`)) : null);
  sendRaw(response, 200, "");
}

/** One result per worker; a simulated node has one. */
async function collectiveRpc(context: NodeContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parsed = RpcSchema.safeParse(await readJson(request));
  if (!parsed.success || parsed.data.method === undefined) throw badRequest("Missing 'method' in request body");
  const { method, args, kwargs } = parsed.data;
  const id = Number(args[0] ?? kwargs.lora_id);
  const { engine } = context;
  const result = async () => {
    switch (method) {
      case "list_loras":
        return [...engine.inspect().cpu].sort((a, b) => a - b);
      case "remove_lora":
        return engine.removeLora(id);
      case "pin_lora":
        return engine.pinLora(id);
      default:
        throw new HttpError(500, "InternalServerError", `'Worker' object has no attribute '${method}'`);
    }
  };
  sendJson(response, 200, { results: [await result()] });
}

function serverInfo(context: NodeContext, request: IncomingMessage, response: ServerResponse): void {
  const { searchParams } = new URL(request.url ?? "/", "http://node");
  const { base, maxModelLen, limits } = context;
  const lora = {
    max_lora_rank: limits.maxLoraRank,
    max_loras: limits.maxLoras,
    max_cpu_loras: limits.maxCpuLoras,
    fully_sharded_loras: false,
    lora_dtype: "bfloat16",
  };
  const loraText = Object.entries(lora)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
  const config = {
    model_config: {
      model: base.directory,
      served_model_name: base.name,
      max_model_len: maxModelLen,
      dtype: "bfloat16",
    },
    device_config: { device: context.device === "cpu" ? "cpu" : "cuda" },
    lora_config: context.enablesLora ? lora : null,
  };
  const text =
    `model='${base.directory}', served_model_name=${base.name}, max_seq_len=${maxModelLen}, ` +
    `lora_config=${context.enablesLora ? `LoRAConfig(${loraText})` : "None"}`;
  sendJson(response, 200, {
    vllm_config: searchParams.get("config_format") === "json" ? config : text,
    vllm_env: { VLLM_SERVER_DEV_MODE: true, VLLM_ALLOW_RUNTIME_LORA_UPDATING: context.allowsRuntimeLora },
    system_env: {},
  });
}
