import { setTimeout as sleep } from "node:timers/promises";
import { parseExposition } from "#lib/metrics/exposition/parse-exposition.ts";
import type { Reply, SendOptions } from "#lib/vllm/contract/point.ts";
import type { NodeUnderTest } from "#lib/vllm/contract/run-points.ts";
import type { AdapterDirectories } from "./adapter-directories.ts";

/** A running engine, real or simulated. */
export type Engine = {
  /** Without a slash at the end; may change with a restart. */
  baseUrl: string;
  apiKey: string | null;
  /** How old the plugin's counts may be. */
  pluginDelayMs: number;
  /** Ends it at once and starts it again with the same settings. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** A first request with log-probabilities compiles kernels: 13 s were seen on two slow cores. */
const REPLY_TIMEOUT_MS = 120_000;

/** "Hello" in the tokenizer of the fixtures' tiny Llama. */
const TINY_HELLO = '"tokens":[0,539]';

/** One request, read whole. @throws Error when there is no whole reply */
export async function sendTo(
  engine: Pick<Engine, "baseUrl" | "apiKey">,
  method: string,
  path: string,
  { body, headers = {}, key = engine.apiKey }: SendOptions = {},
): Promise<Reply> {
  const response = await fetch(engine.baseUrl + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(REPLY_TIMEOUT_MS),
  });
  return {
    status: response.status,
    contentType: response.headers.get("content-type"),
    text: await response.text(),
  };
}

/** What the suite needs to know of an engine, asked once. @throws Error when it is no vLLM server or refuses the key */
export async function nodeUnderTest(
  engine: Engine,
  directories: AdapterDirectories,
  isOurs: boolean,
): Promise<NodeUnderTest> {
  const send: NodeUnderTest["send"] = (method, path, options) => sendTo(engine, method, path, options);
  const samples = async () => parseExposition((await send("GET", "/metrics")).text).samples;
  const version = await send("GET", "/version").catch((cause: unknown) => {
    throw new Error(`${engine.baseUrl} does not answer. Is vLLM running there?`, { cause });
  });
  const models = await send("GET", "/v1/models");
  if (models.status === 401) throw new Error(`${engine.baseUrl} refused the key: set VLLM_API_KEY to the node's key.`);
  if (version.status !== 200 || models.status !== 200)
    throw new Error(`${engine.baseUrl} does not answer as a vLLM server: /v1/models is ${models.status}.`);
  const { data } = JSON.parse(models.text) as { data: { id: string; parent: string | null }[] };
  const plugin = (await samples()).find(({ name }) => name === "switchyard_lora_plugin_info");
  return {
    version: (JSON.parse(version.text) as { version: string }).version,
    baseModel: data.find(({ parent }) => parent === null)?.id ?? "",
    send,
    samples,
    ...directories,
    restart: () => engine.restart(),
    sleep: async (ms) => {
      await sleep(ms);
    },
    settle: async () => {
      if (engine.pluginDelayMs > 0) await sleep(engine.pluginDelayMs);
    },
    hasKey: (await send("GET", "/v1/models", { key: null })).status === 401,
    isOurs,
    hasTinyBase: (await send("POST", "/tokenize", { body: { prompt: "Hello" } })).text.includes(TINY_HELLO),
    hasPlugin: plugin?.labels.status === "active",
  };
}
