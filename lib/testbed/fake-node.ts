import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";

export const BASE_MODEL = "bench/base";
/** One prefill of 16 short prompts. */
const PROBE_MS = 20;
/** A single-engine node sends about this much. */
const METRICS_BYTES = 56_000;
/** A node that has adapters already has been up for a while. */
const UP_FOR_MS = 60_000;

/** How long and how well a node loads. */
export type LoadPlan = { seed: number; minMs: number; maxMs: number; failShare: number };
/** What a node did; `loadMs`: the engine's time for all loads, failed ones too; `firstMs`: of the first since a restart. */
export type FakeCounts = {
  loads: number;
  failedLoads: number;
  unloads: number;
  loadMs: number;
  firstMs: number | null;
};

type Reply = [status: number, body: string | object];

const noCounts = (): FakeCounts => ({ loads: 0, failedLoads: 0, unloads: 0, loadMs: 0, firstMs: null });

/**
 * As much of a vLLM node as the reconcile loop sees, light enough for fifty in one process: names with their paths,
 * one engine that does one thing at a time (a load holds up requests), loads that take their time and fail now and then.
 */
export class FakeNode {
  startedAtMs = 0;
  readonly #index: number;
  #plan: LoadPlan = { seed: 0, minMs: 0, maxMs: 0, failShare: 0 };
  readonly #attempts = new Map<string, number>();
  #loaded = new Map<string, string>();
  #counts = noCounts();
  #engine: Promise<unknown> = Promise.resolve();
  #server: Server | null = null;
  #port = 0;

  constructor(index: number) {
    this.#index = index;
  }

  /** @returns the port, the same after each start */
  async start(plan: LoadPlan, loaded: readonly (readonly [loraName: string, path: string])[] = []): Promise<number> {
    this.#plan = plan;
    this.#loaded = new Map(loaded);
    this.startedAtMs = Date.now() - (loaded.length > 0 ? UP_FOR_MS : 0);
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => response.destroy(error));
    });
    await once(server.listen(this.#port, "127.0.0.1"), "listening");
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return this.#port;
  }

  /** Drops every connection, as `kill -9` does. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** @returns what was counted since the last call */
  takeCounts(): FakeCounts {
    const counts = this.#counts;
    this.#counts = noCounts();
    return counts;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const server = this.#server;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = request.method === "POST" ? JSON.parse(Buffer.concat(chunks).toString("utf8")) : {};
    const [status, reply] = await this.#reply(`${request.method} ${request.url}`, body);
    if (this.#server !== server) return; // it was killed meanwhile
    const isText = typeof reply === "string";
    response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json", [SIMULATED_HEADER]: "1" });
    response.end(isText ? reply : JSON.stringify(reply));
  }

  async #reply(call: string, body: Record<string, unknown>): Promise<Reply> {
    switch (call) {
      case "GET /v1/models":
        return [200, { object: "list", data: [modelOf(BASE_MODEL), ...[...this.#loaded].map(modelOf)] }];
      case "GET /metrics":
        return [200, `${FILLER}process_start_time_seconds ${this.startedAtMs / 1000}\n`];
      case "GET /health":
        return [200, ""];
      case "GET /version":
        return [200, { version: "0.32.0" }];
      case "POST /v1/load_lora_adapter":
        return this.#load(String(body.lora_name), String(body.lora_path));
      case "POST /v1/unload_lora_adapter":
        return this.#unload(String(body.lora_name));
      case "POST /v1/completions":
        return this.#complete(String(body.model), Array.isArray(body.prompt) ? body.prompt.length : 1);
      default:
        return [404, { detail: "Not Found" }];
    }
  }

  async #load(loraName: string, path: string): Promise<Reply> {
    if (this.#loaded.has(loraName))
      return error(400, "InvalidUserInput", `The lora adapter '${loraName}' has already been loaded.`);
    const { seed, minMs, maxMs, failShare } = this.#plan;
    const name = `${seed} ${this.#index} ${loraName}`;
    const loadMs = Math.round(minMs + (maxMs - minMs) * chanceOf(name));
    const attempt = (this.#attempts.get(loraName) ?? 0) + 1;
    this.#attempts.set(loraName, attempt);
    this.#counts.firstMs ??= loadMs;
    const server = this.#server;
    await this.#onEngine(loadMs);
    if (this.#server !== server) return [500, ""];
    this.#counts.loadMs += loadMs;
    if (chanceOf(`${name} ${attempt}`) < failShare) {
      this.#counts.failedLoads += 1;
      return error(500, "InternalServerError", "Call to add_lora method failed: CUDA out of memory.");
    }
    this.#loaded.set(loraName, path);
    this.#counts.loads += 1;
    return [200, `Success: LoRA adapter '${loraName}' added successfully.`];
  }

  #unload(loraName: string): Reply {
    if (!this.#loaded.delete(loraName))
      return error(404, "NotFoundError", `The lora adapter '${loraName}' cannot be found.`);
    this.#counts.unloads += 1;
    return [200, `Success: LoRA adapter '${loraName}' removed successfully.`];
  }

  async #complete(model: string, prompts: number): Promise<Reply> {
    if (model !== BASE_MODEL && !this.#loaded.has(model))
      return error(404, "NotFoundError", `The model '${model}' does not exist.`);
    await this.#onEngine(PROBE_MS);
    const first = model === BASE_MODEL ? -0.5 : -1.5;
    const top_logprobs = [{ "token_id:1": first, "token_id:2": -3 }];
    const logprobs = { tokens: ["token_id:1"], token_logprobs: [first], top_logprobs };
    const choice = (index: number) => ({ index, text: "a", finish_reason: "length", logprobs });
    const choices = Array.from({ length: prompts }, (_, index) => choice(index));
    return [200, { id: "cmpl-1", object: "text_completion", created: 0, model, choices }];
  }

  /** Waits for the engine to be free, then keeps it busy. */
  #onEngine(ms: number): Promise<unknown> {
    this.#engine = this.#engine.then(() => new Promise((resolve) => setTimeout(resolve, ms)));
    return this.#engine;
  }
}

/** As vLLM lists the base model, and an adapter. */
const modelOf = (of: string | [id: string, root: string]) =>
  typeof of === "string"
    ? { id: of, object: "model", root: of, parent: null, max_model_len: 8192 }
    : { id: of[0], object: "model", root: of[1], parent: BASE_MODEL, max_model_len: null };

const error = (code: number, type: string, message: string): Reply => [
  code,
  { error: { message, type, param: null, code } },
];

/** A number in [0, 1) that depends on the text alone. */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const BUCKETS = Array.from(
  { length: Math.floor(METRICS_BYTES / 96) },
  (_, le) =>
    `vllm:e2e_request_latency_seconds_bucket{engine="0",le="${le}.0",model_name="${BASE_MODEL}"} ${le * 1000}\n`,
);
const FILLER = `${BUCKETS.join("")}vllm:num_requests_running 0\nvllm:num_requests_waiting 0\n`;
