import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";
import { failsAt, type LoadPlan, loadMsOf } from "./load-times.ts";

export const BASE_MODEL = "bench/base";
/** One prefill of 16 short prompts. */
const PROBE_MS = 20;
/** A single-engine node sends about this much. */
const METRICS_BYTES = 56_000;
/** A node that has adapters already has been up for a while. */
const UP_FOR_MS = 60_000;
const ENGINE_VERSION = "0.32.0";

/** What a node did, for the account at the end. */
export type FakeCounts = {
  loads: number;
  failedLoads: number;
  unloads: number;
  /** The engine's time for all loads, failed ones too, in ms. */
  loadMs: number;
  /** Name and time of the first load since the last restart. */
  first: { loraName: string; loadMs: number } | null;
};

const noCounts = (): FakeCounts => ({ loads: 0, failedLoads: 0, unloads: 0, loadMs: 0, first: null });

/**
 * As much of a vLLM node as the reconcile loop sees, light enough for fifty in one process: names with their paths,
 * one engine that does one thing at a time (a load holds up requests), loads that take their time and fail now and then.
 */
export class FakeNode {
  readonly #index: number;
  #plan: LoadPlan;
  readonly #attempts = new Map<string, number>();
  #loaded = new Map<string, string>();
  #counts = noCounts();
  #startedAt = Date.now();
  #engine: Promise<unknown> = Promise.resolve();
  #server: Server | null = null;
  #port = 0;

  constructor(index: number, plan: LoadPlan) {
    this.#index = index;
    this.#plan = plan;
  }

  get startedAtMs(): number {
    return this.#startedAt;
  }

  /** @returns the port, the same after each start */
  async start(
    loaded: readonly (readonly [loraName: string, path: string])[] = [],
    plan: LoadPlan = this.#plan,
  ): Promise<number> {
    this.#plan = plan;
    this.#loaded = new Map(loaded);
    this.#startedAt = Date.now() - (loaded.length > 0 ? UP_FOR_MS : 0);
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => response.destroy(error));
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    this.#port = typeof address === "object" && address ? address.port : this.#port;
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
    const body = request.method === "POST" ? await readJson(request) : {};
    const [status, reply] = await this.#reply(`${request.method} ${request.url}`, body);
    if (this.#server !== server) return; // it was killed meanwhile
    const isText = typeof reply === "string";
    response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json", [SIMULATED_HEADER]: "1" });
    response.end(isText ? reply : JSON.stringify(reply));
  }

  async #reply(call: string, body: Record<string, unknown>): Promise<[number, string | object]> {
    switch (call) {
      case "GET /v1/models":
        return [200, this.#models()];
      case "GET /metrics":
        return [200, metricsText(this.#startedAt)];
      case "GET /health":
        return [200, ""];
      case "GET /version":
        return [200, { version: ENGINE_VERSION }];
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

  #models(): object {
    const base = { id: BASE_MODEL, object: "model", root: BASE_MODEL, parent: null, max_model_len: 8192 };
    const adapters = [...this.#loaded].map(([id, root]) => ({
      id,
      object: "model",
      root,
      parent: BASE_MODEL,
      max_model_len: null,
    }));
    return { object: "list", data: [base, ...adapters] };
  }

  async #load(loraName: string, path: string): Promise<[number, string | object]> {
    if (this.#loaded.has(loraName))
      return error(400, "InvalidUserInput", `The lora adapter '${loraName}' has already been loaded.`);
    const loadMs = loadMsOf(this.#plan, this.#index, loraName);
    const attempt = (this.#attempts.get(loraName) ?? 0) + 1;
    this.#attempts.set(loraName, attempt);
    this.#counts.first ??= { loraName, loadMs };
    const server = this.#server;
    await this.#onEngine(loadMs);
    if (this.#server !== server) return [500, ""];
    this.#counts.loadMs += loadMs;
    if (failsAt(this.#plan, this.#index, loraName, attempt)) {
      this.#counts.failedLoads += 1;
      return error(500, "InternalServerError", "Call to add_lora method failed: CUDA out of memory.");
    }
    this.#loaded.set(loraName, path);
    this.#counts.loads += 1;
    return [200, `Success: LoRA adapter '${loraName}' added successfully.`];
  }

  #unload(loraName: string): [number, string | object] {
    if (!this.#loaded.delete(loraName))
      return error(404, "NotFoundError", `The lora adapter '${loraName}' cannot be found.`);
    this.#counts.unloads += 1;
    return [200, `Success: LoRA adapter '${loraName}' removed successfully.`];
  }

  async #complete(model: string, prompts: number): Promise<[number, string | object]> {
    if (model !== BASE_MODEL && !this.#loaded.has(model))
      return error(404, "NotFoundError", `The model '${model}' does not exist.`);
    await this.#onEngine(PROBE_MS);
    const first = model === BASE_MODEL ? -0.5 : -1.5;
    const logprobs = {
      tokens: ["token_id:1"],
      token_logprobs: [first],
      top_logprobs: [{ "token_id:1": first, "token_id:2": -3 }],
    };
    const choices = Array.from({ length: prompts }, (_, index) => ({
      index,
      text: "a",
      finish_reason: "length",
      logprobs,
    }));
    return [200, { id: "cmpl-1", object: "text_completion", created: 0, model, choices }];
  }

  /** Waits for the engine to be free, then keeps it busy. */
  #onEngine(ms: number): Promise<unknown> {
    this.#engine = this.#engine.then(() => new Promise((resolve) => setTimeout(resolve, ms)));
    return this.#engine;
  }
}

const error = (code: number, type: string, message: string): [number, object] => [
  code,
  { error: { message, type, param: null, code } },
];

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

const FILLER = Array.from(
  { length: Math.floor(METRICS_BYTES / 96) },
  (_, index) =>
    `vllm:e2e_request_latency_seconds_bucket{engine="0",le="${index}.0",model_name="${BASE_MODEL}"} ${index * 1000}`,
).join("\n");
const NOTHING_IN_FLIGHT = "vllm:num_requests_running 0\nvllm:num_requests_waiting 0\n";
const metricsText = (startedAtMs: number): string =>
  `${FILLER}\n${NOTHING_IN_FLIGHT}process_start_time_seconds ${startedAtMs / 1000}\n`;
