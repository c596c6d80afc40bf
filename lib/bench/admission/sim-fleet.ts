import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { ask, startModule } from "#lib/testbed/program.ts";

export const BASE_MODEL = "switchyard/tiny-llama";
const MODEL_DIR = fileURLToPath(new URL("../../../e2e/fixtures/tiny-llama", import.meta.url));
/** Shapes of the tiny Llama. */
const BASE_CONFIG = {
  architectures: ["LlamaForCausalLM"],
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 32,
  vocab_size: 640,
};

export type FleetOrder = {
  nodes: number;
  maxLoras: number;
  maxCpuLoras: number;
  modelDir: string;
  adapters: readonly (readonly [loraName: string, path: string])[];
};
export type FleetReply = { urls: string[] } | { error: string };

/** Simulated nodes at the speed of an A100, in a process of their own. */
export type SimFleet = {
  urls: readonly string[];
  /** Adapters brought into a slot since the start, over all nodes, as their plugins count them. */
  swaps(): Promise<number>;
  stop(): Promise<void>;
};

/** Adapter files under these lora names. @returns their directories, and what removes them */
export async function writeAdapters(loraNames: readonly string[]) {
  const root = await mkdtemp(join(tmpdir(), "switchyard-bench-adapters-"));
  const adapters: [string, string][] = [];
  for (const loraName of loraNames) {
    const spec = { seed: loraName, baseModel: BASE_MODEL, baseConfig: BASE_CONFIG, rank: 16, alpha: 32 };
    const directory = join(root, loraName);
    await mkdir(directory);
    for (const [name, bytes] of writeSeededAdapter(spec).files) await writeFile(join(directory, name), bytes);
    adapters.push([loraName, directory]);
  }
  return { adapters, remove: () => rm(root, { recursive: true, force: true }) };
}

/** @throws Error when a node does not start, or does not load an adapter */
export async function startSimFleet(order: Omit<FleetOrder, "modelDir">): Promise<SimFleet> {
  const program = await startModule(new URL("./sim-fleet-child.ts", import.meta.url), null);
  const reply = await ask<FleetReply>(program, { ...order, modelDir: MODEL_DIR });
  if ("error" in reply) {
    await program.stop();
    throw new Error(reply.error);
  }
  const { urls } = reply;
  return {
    urls,
    async swaps() {
      const counts = await Promise.all(urls.map(swapsOf));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    stop: () => program.stop(),
  };
}

/** What was fetched into a slot; `source="gpu"` counts batches that were entered from the own slot. */
async function swapsOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = [...text.matchAll(/^switchyard_lora_swaps_total\{source="(?:cpu|disk)"\} (\S+)$/gm)];
  if (found.length !== 2) throw new Error("the node's plugin does not count swaps");
  return found.reduce((sum, [, value]) => sum + Number(value), 0);
}
