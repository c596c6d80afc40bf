import type * as z from "zod";
import { AppError } from "#lib/platform/errors.ts";
import type { Outbound, OutboundReply } from "#lib/platform/outbound.ts";
import { type EngineProfile, engineProfile } from "./engine-profile.ts";
import { classifyLoadError, errorMessage, type LoadError } from "./errors.ts";
import { parseProcessStart } from "./process-start.ts";
import {
  type ChatReply,
  ChatReplySchema,
  type ChatRequest,
  type CompletionReply,
  CompletionReplySchema,
  type CompletionRequest,
  type LoadRequest,
  type ModelCard,
  ModelListSchema,
  SIMULATED_HEADER,
  type TokenizeReply,
  TokenizeReplySchema,
  VersionReplySchema,
} from "./schema.ts";

/** Why a node gave no usable answer. */
export const NODE_FAULTS = ["unreachable", "timeout", "unauthorized", "not_vllm", "refused"] as const;
export type NodeFault = (typeof NODE_FAULTS)[number];

/** A look or a request that failed. `status` is 0 when there was no reply. */
export class NodeError extends AppError {
  readonly fault: NodeFault;
  readonly status: number;

  constructor(fault: NodeFault, status: number, message: string, options: { fix?: string; cause?: unknown } = {}) {
    super("node_unreachable", message, { reason: `node_${fault}`, ...options });
    this.name = "NodeError";
    this.fault = fault;
    this.status = status;
  }
}

/** `unknown`: no whole reply came, so the node may be loading still. Only `/v1/models` can tell. */
export type LoadOutcome =
  | { kind: "accepted" }
  | { kind: "refused"; error: LoadError }
  | { kind: "unknown"; message: string };
export type UnloadOutcome = { kind: "unloaded" } | { kind: "not_loaded" } | { kind: "unknown"; message: string };

export type ModelListing = { cards: ModelCard[]; simulated: boolean };

/** One vLLM API server. Everything it says is checked before it is believed. Each call is made once: no retries. */
export type NodeClient = {
  version(signal?: AbortSignal): Promise<string>;
  /** false = the engine behind the API is dead (503). */
  health(signal?: AbortSignal): Promise<boolean>;
  models(signal?: AbortSignal): Promise<ModelListing>;
  load(adapter: { loraName: string; path: string }, signal?: AbortSignal): Promise<LoadOutcome>;
  /** vLLM only forgets the name; the weights stay in memory until others push them out. */
  unload(loraName: string, signal?: AbortSignal): Promise<UnloadOutcome>;
  tokenize(prompt: string, signal?: AbortSignal): Promise<TokenizeReply>;
  /** Prometheus text. */
  metrics(signal?: AbortSignal): Promise<string>;
  /** When the API process started; null where the exporter does not say (several processes, Rust). */
  processStart(signal?: AbortSignal): Promise<Date | null>;
  completion(body: CompletionRequest, signal?: AbortSignal): Promise<CompletionReply>;
  chat(body: ChatRequest, signal?: AbortSignal): Promise<ChatReply>;
  /** Whether the endpoint for loading adapters exists, asked with a body that can load nothing. */
  canLoad(signal?: AbortSignal): Promise<boolean>;
};

export type NodeClientOptions = {
  /** Without a slash at the end. */
  baseUrl: string;
  apiKey: string | null;
  outbound: Outbound;
  /** Decides how errors are read; unknown versions are taken for a recent one. */
  engineVersion?: string | null;
  /** For quick questions; loads and completions have their own. */
  lookTimeoutMs?: number;
};

const LOOK_TIMEOUT_MS = 5_000;
/** A load blocks the engine while it reads from disk; nobody gains from giving up early. */
const LOAD_TIMEOUT_MS = 290_000;
const UNLOAD_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_MS = 60_000;
const METRICS_MAX_BYTES = 32_000_000;

type Call = {
  method?: "GET" | "POST";
  body?: unknown;
  timeoutMs: number;
  maxBytes?: number;
  signal?: AbortSignal | undefined;
};

export function createNodeClient(options: NodeClientOptions): NodeClient {
  const profile: EngineProfile = engineProfile(options.engineVersion ?? null);
  const lookMs = options.lookTimeoutMs ?? LOOK_TIMEOUT_MS;
  const send = (path: string, call: Call) => exchange(options, path, call);
  const ask = async <T extends z.ZodType>(schema: T, path: string, call: Call) => {
    const reply = await send(path, call);
    return parseReply(schema, okReply(reply, path), path);
  };
  const metrics = async (signal?: AbortSignal) => {
    const reply = await send("/metrics", { timeoutMs: lookMs, maxBytes: METRICS_MAX_BYTES, signal });
    return okReply(reply, "/metrics").body;
  };
  return {
    version: async (signal) => (await ask(VersionReplySchema, "/version", { timeoutMs: lookMs, signal })).version,
    async health(signal) {
      const reply = await send("/health", { timeoutMs: lookMs, signal });
      if (reply.status === 503) return false;
      okReply(reply, "/health");
      return true;
    },
    async models(signal) {
      const reply = okReply(await send("/v1/models", { timeoutMs: lookMs, signal }), "/v1/models");
      const { data } = parseReply(ModelListSchema, reply, "/v1/models");
      return { cards: data, simulated: reply.headers[SIMULATED_HEADER] === "1" };
    },
    load: (adapter, signal) => load(send, profile, { lora_name: adapter.loraName, lora_path: adapter.path }, signal),
    unload: (loraName, signal) => unload(send, loraName, signal),
    tokenize: (prompt, signal) =>
      ask(TokenizeReplySchema, "/tokenize", { method: "POST", body: { prompt }, timeoutMs: lookMs, signal }),
    metrics,
    processStart: async (signal) => parseProcessStart(await metrics(signal)),
    completion: (body, signal) =>
      ask(CompletionReplySchema, "/v1/completions", { method: "POST", body, timeoutMs: ANSWER_TIMEOUT_MS, signal }),
    chat: (body, signal) =>
      ask(ChatReplySchema, "/v1/chat/completions", { method: "POST", body, timeoutMs: ANSWER_TIMEOUT_MS, signal }),
    async canLoad(signal) {
      const body: LoadRequest = { lora_name: "", lora_path: "" };
      const reply = await send("/v1/load_lora_adapter", { method: "POST", body, timeoutMs: lookMs, signal });
      if (reply.status === 401) throw unauthorized(reply);
      return classifyLoadError(reply.status, reply.body, profile).code !== "lora_updates_off";
    },
  };
}

type Send = (path: string, call: Call) => Promise<OutboundReply>;

async function load(send: Send, profile: EngineProfile, body: LoadRequest, signal?: AbortSignal): Promise<LoadOutcome> {
  try {
    const reply = await send("/v1/load_lora_adapter", { method: "POST", body, timeoutMs: LOAD_TIMEOUT_MS, signal });
    if (reply.status === 200) return { kind: "accepted" };
    return { kind: "refused", error: classifyLoadError(reply.status, reply.body, profile) };
  } catch (error) {
    if (error instanceof NodeError) return { kind: "unknown", message: error.message };
    throw error;
  }
}

async function unload(send: Send, loraName: string, signal?: AbortSignal): Promise<UnloadOutcome> {
  const body = { lora_name: loraName };
  try {
    const reply = await send("/v1/unload_lora_adapter", { method: "POST", body, timeoutMs: UNLOAD_TIMEOUT_MS, signal });
    if (reply.status === 200) return { kind: "unloaded" };
    const message = errorMessage(reply.body);
    // 404 since 0.7, 400 before
    if (reply.status === 404 || /cannot be found/i.test(message)) return { kind: "not_loaded" };
    return { kind: "unknown", message };
  } catch (error) {
    if (error instanceof NodeError) return { kind: "unknown", message: error.message };
    throw error;
  }
}

/** @throws NodeError `unreachable` or `timeout` when there is no whole reply, and the signal's reason when it aborted */
async function exchange(options: NodeClientOptions, path: string, call: Call): Promise<OutboundReply> {
  const headers: Record<string, string> = { accept: "application/json, text/plain" };
  if (options.apiKey !== null) headers.authorization = `Bearer ${options.apiKey}`;
  if (call.body !== undefined) headers["content-type"] = "application/json";
  try {
    return await options.outbound.request(`${options.baseUrl}${path}`, {
      method: call.method ?? "GET",
      headers,
      timeoutMs: call.timeoutMs,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.maxBytes === undefined ? {} : { maxBytes: call.maxBytes }),
      ...(call.signal ? { signal: call.signal } : {}),
    });
  } catch (error) {
    if (call.signal?.aborted) throw call.signal.reason;
    if (!(error instanceof AppError)) throw error;
    const fault: NodeFault = isTimeout(error.cause) ? "timeout" : "unreachable";
    throw new NodeError(fault, 0, error.message, { cause: error, ...(error.fix ? { fix: error.fix } : {}) });
  }
}

const TIMEOUT_NAMES = new Set(["TimeoutError", "HeadersTimeoutError", "BodyTimeoutError"]);
const isTimeout = (cause: unknown): boolean => cause instanceof Error && TIMEOUT_NAMES.has(cause.name);

const unauthorized = (reply: OutboundReply) =>
  new NodeError("unauthorized", reply.status, "The node refused our API key.", {
    fix: "Give the node's current API key.",
  });

const notVllm = (path: string, what: string, status: number) =>
  new NodeError("not_vllm", status, `${path} answered ${what}, not what a vLLM server answers.`, {
    fix: "Give the base URL of a vLLM server, without /v1, and not that of a web page or a proxy's sign-in.",
  });

/** The reply itself when it is a 200 that no web page or proxy made up. */
function okReply(reply: OutboundReply, path: string): OutboundReply {
  if (reply.status === 401 || reply.status === 403) throw unauthorized(reply);
  if (/^\s*</.test(reply.body) || /text\/html/i.test(reply.headers["content-type"] ?? ""))
    throw notVllm(path, "an HTML page", reply.status);
  if (reply.status === 200) return reply;
  const message = errorMessage(reply.body);
  throw new NodeError("refused", reply.status, `${path} answered ${reply.status}${message ? `: ${message}` : "."}`);
}

function parseReply<T extends z.ZodType>(schema: T, reply: OutboundReply, path: string): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(reply.body);
  } catch {
    throw notVllm(path, "something that is no JSON", reply.status);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  throw notVllm(path, `JSON of another shape (at "${where}")`, reply.status);
}
