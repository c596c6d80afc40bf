import { hashPair, hashText } from "../hash.ts";

/**
 * The order in which one engine step touches its adapters. vLLM walks a Python set keyed by the hash of `lora_name`,
 * random per process unless PYTHONHASHSEED is fixed: so not request order, stable within a process, and different
 * between two nodes. `hashSeed` stands for that seed.
 */
export function stepOrder<T extends { name: string }>(adapters: readonly T[], hashSeed: number): T[] {
  const keyed = adapters.map((adapter) => ({ adapter, key: hashPair(hashSeed, hashText(adapter.name)) }));
  return keyed
    .sort((a, b) => a.key - b.key || (a.adapter.name < b.adapter.name ? -1 : 1))
    .map((entry) => entry.adapter);
}
