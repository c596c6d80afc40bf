import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { type Keep, openFolder, stop } from "./opened.ts";
import { ask, startModule } from "./program.ts";

export const BASE_MODEL = "switchyard/tiny-llama";
/** Shapes of the tiny Llama. */
const BASE_CONFIG = {
  ...{ architectures: ["LlamaForCausalLM"], hidden_size: 64, intermediate_size: 128, num_hidden_layers: 2 },
  ...{ num_attention_heads: 2, num_key_value_heads: 1, head_dim: 32, vocab_size: 640 },
};

export type FleetOrder = {
  nodes: number;
  maxLoras: number;
  maxCpuLoras: number;
  /** What every node loads, with its path. */
  adapters: readonly (readonly [loraName: string, path: string])[];
};

/** Simulated nodes at the speed of an A100, in a process of their own. */
export type SimFleet = {
  urls: readonly string[];
  /** Adapters brought into a slot since the start, over all nodes, as their plugins count them. */
  swaps(): Promise<number>;
};

/** @throws Error when a node does not start, or does not load an adapter */
export async function openSimFleet(
  keep: Keep,
  { loraNames, ...order }: Omit<FleetOrder, "adapters"> & { loraNames: readonly string[] },
): Promise<SimFleet> {
  const root = await openFolder(keep, "bench-adapters");
  for (const loraName of loraNames) {
    const spec = { seed: loraName, baseModel: BASE_MODEL, baseConfig: BASE_CONFIG, rank: 16, alpha: 32 };
    await mkdir(join(root, loraName));
    for (const [name, bytes] of writeSeededAdapter(spec).files) await writeFile(join(root, loraName, name), bytes);
  }
  const program = keep(await startModule(new URL("./sim-fleet-child.ts", import.meta.url), null), stop);
  const adapters = loraNames.map((loraName) => [loraName, join(root, loraName)] as const);
  const urls = await ask<string[]>(program, { ...order, adapters } satisfies FleetOrder);
  return { urls, swaps: async () => (await Promise.all(urls.map(swapsOf))).reduce((sum, count) => sum + count, 0) };
}

/** What was fetched into a slot; `source="gpu"` counts batches that were entered from the own slot. */
async function swapsOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = [...text.matchAll(/^switchyard_lora_swaps_total\{source="(?:cpu|disk)"\} (\S+)$/gm)];
  if (found.length !== 2) throw new Error("the node's plugin does not count swaps");
  return found.reduce((sum, [, value]) => sum + Number(value), 0);
}
