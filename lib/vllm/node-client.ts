import type * as z from "zod";
import type { Outbound, OutboundReply } from "#lib/platform/outbound.ts";
import { type EngineProfile, engineProfile } from "./engine-profile.ts";
import { classifyLoadError, errorMessage, type LoadError } from "./errors.ts";
import { beginLoad } from "./loads-under-way.ts";
import { guardCompletion, guardLoad, guardUnload } from "./lora-guard.ts";
import { NodeError } from "./node-error.ts";
import {
  type Call,
  exchange,
  isWebPage,
  type NodeAddress,
  okReply,
  parseReply,
  unauthorized,
} from "./node-exchange.ts";
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
  type ServerInfo,
  ServerInfoSchema,
  ServerLoadSchema,
  SIMULATED_HEADER,
  type TokenizeReply,
  TokenizeReplySchema,
  type TokenizeRequest,
  type TokenizerInfo,
  TokenizerInfoSchema,
  VersionReplySchema,
} from "./schema.ts";

export { NodeError, type NodeFault } from "./node-error.ts";

/** `unknown`: no whole reply came, so the node may be loading still. Only `/v1/models` can tell. */
export type LoadOutcome =
  /** `verifiedDigest`: what Switchyard's plugin on the node says it found on the node's own disk. */
  | { kind: "accepted"; verifiedDigest?: string }
  | { kind: "refused"; error: LoadError }
  | { kind: "unknown"; message: string };
export type UnloadOutcome = { kind: "unloaded" } | { kind: "not_loaded" } | { kind: "unknown"; message: string };

export type ModelListing = { cards: ModelCard[]; simulated: boolean };

/**
 * One vLLM API server. Everything it says is checked before it is believed. Each call is made once: no retries. What must
 * never reach an engine throws a GuardError before anything is sent.
 */
export type NodeClient = {
  version(signal?: AbortSignal): Promise<string>;
  /** false = the engine behind the API is dead (503). */
  health(signal?: AbortSignal): Promise<boolean>;
  models(signal?: AbortSignal): Promise<ModelListing>;
  /** Waits up to 290 s. `unknown` also while another load of the name has no reply yet: then nothing is sent. */
  load(adapter: { loraName: string; path: string }, signal?: AbortSignal): Promise<LoadOutcome>;
  /** vLLM only forgets the name; the weights stay in memory until others push them out. */
  unload(loraName: string, signal?: AbortSignal): Promise<UnloadOutcome>;
  tokenize(body: TokenizeRequest, signal?: AbortSignal): Promise<TokenizeReply>;
  /** Prometheus text. */
  metrics(signal?: AbortSignal): Promise<string>;
  /** When the API process started; null where the exporter does not say (several processes, Rust). */
  processStart(signal?: AbortSignal): Promise<Date | null>;
  /** The node's clock, to the second, from a reply's `Date`; null = it sends none. */
  clock(signal?: AbortSignal): Promise<Date | null>;
  /** Requests in the API server; 0 too when the engine does not track them (--enable-server-load-tracking). */
  serverLoad(signal?: AbortSignal): Promise<number>;
  /** Only with --enable-tokenizer-info-endpoint; null otherwise. */
  tokenizerInfo(signal?: AbortSignal): Promise<TokenizerInfo | null>;
  /** Only in dev mode, which production nodes are not in; null otherwise. */
  serverInfo(signal?: AbortSignal): Promise<ServerInfo | null>;
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
  /** The base model's name, never to be loaded or unloaded; names that the node lists as bases count as well. */
  baseModel?: string;
  /** For quick questions; loads and completions have their own. */
  quickTimeoutMs?: number;
};

const QUICK_TIMEOUT_MS = 5_000;
/** A load blocks the engine while it reads from disk; nobody gains from giving up early. */
const LOAD_TIMEOUT_MS = 290_000;
const UNLOAD_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_MS = 60_000;
/** It gathers its system's details first, which took 6 s on 0.32.0. */
const SERVER_INFO_TIMEOUT_MS = 30_000;
const METRICS_MAX_BYTES = 32_000_000;

export function createNodeClient(options: NodeClientOptions): NodeClient {
  const wire = createWire(options);
  return { ...reads(wire), ...switchable(wire), ...answers(wire), ...loading(wire) };
}

/** What the calls of one client share. */
type Wire = {
  address: NodeAddress;
  profile: EngineProfile;
  /** Names of base models, given and seen. */
  bases: Set<string>;
  send: Send;
  ask<T extends z.ZodType>(schema: T, path: string, call: Call): Promise<z.output<T>>;
  quick(signal: AbortSignal | undefined): Call;
  post(body: unknown, timeoutMs: number | "quick", signal: AbortSignal | undefined): Call;
};

function createWire(options: NodeClientOptions): Wire {
  const quickMs = options.quickTimeoutMs ?? QUICK_TIMEOUT_MS;
  const send: Send = (path, call) => exchange(options, path, call);
  return {
    address: options,
    profile: engineProfile(options.engineVersion ?? null),
    bases: new Set(options.baseModel === undefined ? [] : [options.baseModel]),
    send,
    ask: async (schema, path, call) => parseReply(schema, okReply(await send(path, call), path), path),
    quick: (signal) => ({ timeoutMs: quickMs, signal }),
    post: (body, timeoutMs, signal) => ({
      method: "POST",
      body,
      timeoutMs: timeoutMs === "quick" ? quickMs : timeoutMs,
      signal,
    }),
  };
}

type Reads = Pick<NodeClient, "version" | "health" | "models" | "metrics" | "processStart" | "clock" | "serverLoad">;

function reads({ send, ask, quick, bases }: Wire): Reads {
  const metrics = async (signal?: AbortSignal) =>
    okReply(await send("/metrics", { ...quick(signal), maxBytes: METRICS_MAX_BYTES }), "/metrics").body;
  return {
    version: async (signal) => (await ask(VersionReplySchema, "/version", quick(signal))).version,
    async health(signal) {
      const reply = await send("/health", quick(signal));
      if (reply.status === 503) return false;
      okReply(reply, "/health");
      return true;
    },
    async models(signal) {
      const reply = okReply(await send("/v1/models", quick(signal)), "/v1/models");
      const { data } = parseReply(ModelListSchema, reply, "/v1/models");
      for (const card of data) if (isBase(card)) bases.add(card.id);
      return { cards: data, simulated: reply.headers[SIMULATED_HEADER] === "1" };
    },
    metrics,
    processStart: async (signal) => parseProcessStart(await metrics(signal)),
    async clock(signal) {
      const { date } = (await send("/health", quick(signal))).headers;
      const time = date === undefined ? Number.NaN : Date.parse(date);
      return Number.isFinite(time) ? new Date(time) : null;
    },
    serverLoad: async (signal) => (await ask(ServerLoadSchema, "/load", quick(signal))).server_load,
  };
}

const switchable = ({ send, quick }: Wire): Pick<NodeClient, "tokenizerInfo" | "serverInfo"> => ({
  tokenizerInfo: async (signal) =>
    whenOn(TokenizerInfoSchema, await send("/tokenizer_info", quick(signal)), "/tokenizer_info"),
  async serverInfo(signal) {
    const call = { timeoutMs: SERVER_INFO_TIMEOUT_MS, signal };
    return whenOn(ServerInfoSchema, await send("/server_info?config_format=json", call), "/server_info");
  },
});

const answers = ({ ask, post }: Wire): Pick<NodeClient, "tokenize" | "completion" | "chat"> => ({
  tokenize: (body, signal) => ask(TokenizeReplySchema, "/tokenize", post(body, "quick", signal)),
  async completion(body, signal) {
    guardCompletion(body);
    return ask(CompletionReplySchema, "/v1/completions", post(body, ANSWER_TIMEOUT_MS, signal));
  },
  chat: (body, signal) => ask(ChatReplySchema, "/v1/chat/completions", post(body, ANSWER_TIMEOUT_MS, signal)),
});

const loading = (wire: Wire): Pick<NodeClient, "load" | "unload" | "canLoad"> => ({
  async load(adapter, signal) {
    guardLoad(adapter, wire.bases);
    return load(wire, adapter, signal);
  },
  async unload(loraName, signal) {
    guardUnload(loraName, wire.bases);
    return unload(wire.send, loraName, signal);
  },
  async canLoad(signal) {
    const body: LoadRequest = { lora_name: "", lora_path: "" };
    const reply = await wire.send("/v1/load_lora_adapter", wire.post(body, "quick", signal));
    if (reply.status === 401) throw unauthorized(reply);
    return classifyLoadError(reply.status, reply.body, wire.profile).code !== "lora_updates_off";
  },
});

const isBase = (card: ModelCard): boolean => card.parent === null || card.parent === undefined;

/** The reply of an endpoint that an operator may leave switched off; null = it is off. */
const whenOn = <T extends z.ZodType>(schema: T, reply: OutboundReply, path: string): z.output<T> | null =>
  reply.status === 404 || reply.status === 405 ? null : parseReply(schema, okReply(reply, path), path);

type Send = (path: string, call: Call) => Promise<OutboundReply>;

async function load(
  { send, profile, address: { outbound, baseUrl } }: Wire,
  adapter: { loraName: string; path: string },
  signal?: AbortSignal,
): Promise<LoadOutcome> {
  const turn = beginLoad(outbound, baseUrl, adapter.loraName);
  if (!turn.mayLoad) return { kind: "unknown", message: "A load of this name is under way on the node." };
  const body: LoadRequest = { lora_name: adapter.loraName, lora_path: adapter.path };
  try {
    const reply = await send("/v1/load_lora_adapter", { method: "POST", body, timeoutMs: LOAD_TIMEOUT_MS, signal });
    // a page says nothing of what the node did, if anything reached it at all
    if (isWebPage(reply))
      return { kind: "unknown", message: `An HTML page (${reply.status}) came instead of vLLM's answer to the load.` };
    if (reply.status === 200) return accepted(reply.body);
    return { kind: "refused", error: classifyLoadError(reply.status, reply.body, profile) };
  } catch (error) {
    if (error instanceof NodeError) return { kind: "unknown", message: error.message };
    throw error;
  } finally {
    turn.done();
  }
}

const accepted = (body: string): LoadOutcome => {
  const verifiedDigest = /\bswitchyard_verified=([0-9a-f]{64})\b/.exec(body)?.[1];
  return verifiedDigest === undefined ? { kind: "accepted" } : { kind: "accepted", verifiedDigest };
};

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
