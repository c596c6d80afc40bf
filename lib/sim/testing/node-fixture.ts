import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { type SeededAdapter, writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import type { SimNodeInput } from "../options.ts";
import { type SimNode, startSimNode } from "../start-node.ts";

const fixture = (path: string) => fileURLToPath(new URL(`../../../e2e/fixtures/${path}`, import.meta.url));

export const BASE_MODEL = "switchyard/tiny-llama";
export const MODEL_DIR = fixture("tiny-llama");
/** Adapters trained with PEFT. */
export const TRAINED = [fixture("adapters/support-bot"), fixture("adapters/billing-helper")] as const;

/** Shapes of the tiny Llama; the fixture's config.json says the same. */
export const TINY_CONFIG: Record<string, unknown> = {
  architectures: ["LlamaForCausalLM"],
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 32,
  vocab_size: 640,
};

/** Writes an adapter from a seed and returns its directory. */
export async function writeAdapter(spec: Partial<SeededAdapter> & { seed: string }): Promise<string> {
  const { files } = writeSeededAdapter({
    baseModel: BASE_MODEL,
    baseConfig: TINY_CONFIG,
    rank: 16,
    alpha: 32,
    ...spec,
  });
  return writeFiles(Object.fromEntries(files));
}

/** Writes files into a new directory, which goes with the temporary folder of the test run. */
export async function writeFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "switchyard-sim-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return directory;
}

/** Speed at which a request of `LONG` can be watched while it runs. */
export const SLOW = 4;
export const LONG = { max_tokens: 800, ignore_eos: true } as const;

/** A fast node, and the few calls tests make. */
export async function startTestNode(input: Partial<SimNodeInput> = {}) {
  const node = await startSimNode({
    port: 0,
    name: "test",
    baseModel: BASE_MODEL,
    modelDir: MODEL_DIR,
    speed: 1000,
    log: silentLog,
    ...input,
  });
  return { node, ...callsOf(node) };
}
/** Starts nodes for the tests of one file, and stops each of them when its test is over. */
export function testNodes(): (input?: Partial<SimNodeInput>) => Promise<TestNode> {
  let nodes: TestNode[] = [];
  afterEach(async () => {
    await Promise.all(nodes.map(({ node }) => node.stop()));
    nodes = [];
  });
  return async (input = {}) => {
    const node = await startTestNode(input);
    nodes.push(node);
    return node;
  };
}

/** A chat request that any adapter answers. */
export const chatWith = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: "user", content: "Where is my order A1042?" }],
  ...more,
});

export type TestNode = Awaited<ReturnType<typeof startTestNode>>;

export type Reply = { status: number; headers: Headers; text: string; json: () => unknown };

function callsOf(node: SimNode) {
  const send = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(node.url + path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as unknown };
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    post,
    load: (name: string, path: string, more: object = {}) =>
      post("/v1/load_lora_adapter", { lora_name: name, lora_path: path, ...more }),
    unload: (name: string) => post("/v1/unload_lora_adapter", { lora_name: name }),
    chat: (body: object) => post("/v1/chat/completions", { temperature: 0, ...body }),
    /** Log-probabilities of an echoed prompt, the load probe's question. */
    async probe(model: string, prompt = "The quick brown fox jumps over the lazy dog"): Promise<number[]> {
      const body = { model, prompt, max_tokens: 1, temperature: 0, echo: true, logprobs: 1 };
      const reply = (await post("/v1/completions", body)).json() as {
        choices: { logprobs: { token_logprobs: (number | null)[] } }[];
      };
      return (reply.choices[0]?.logprobs.token_logprobs ?? []).slice(1, -1).map((value) => value ?? Number.NaN);
    },
    /** Waits until so many requests run: at SLOW, 800 tokens take 300 ms. */
    async untilRunning(count: number): Promise<void> {
      const running = new RegExp(`^vllm:num_requests_running\\{.*\\} ${count}\\.0$`, "m");
      await expect.poll(async () => (await send("/metrics", {})).text, { interval: 3, timeout: 5000 }).toMatch(running);
    },
    /** Value of one metric sample, by its full series text; null when absent. */
    async metric(series: string): Promise<number | null> {
      const { text } = await send("/metrics", {});
      const line = text.split("\n").find((candidate) => candidate.startsWith(`${series} `));
      return line === undefined ? null : Number(line.slice(series.length + 1));
    },
  };
}

export const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? Number.NaN))));
