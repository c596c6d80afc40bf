import { hashPair, hashText } from "../hash.ts";

/** vLLM's KV block size in tokens. */
export const BLOCK_TOKENS = 16;

export type PrefixHit = { cachedTokens: number; staleBlocks: number };

/**
 * Which prompt prefixes the node still has KV blocks for. Keyed by what the adapter is called (its name; since 0.32 its
 * name and path), not by its weights: after a reload under the same key the blocks of the old weights are used.
 * `staleBlocks` counts those.
 */
export class PrefixCache {
  readonly #blocks = new Map<number, string>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Longest cached prefix; the last prompt token is always computed. @param weights digest now served by the name */
  lookup(key: string, tokens: readonly number[], weights: string): PrefixHit {
    let [hits, staleBlocks] = [0, 0];
    for (const block of blockKeys(key, tokens, tokens.length - 1)) {
      const owner = this.#blocks.get(block);
      if (owner === undefined) break;
      hits += 1;
      if (owner !== weights) staleBlocks += 1;
    }
    return { cachedTokens: hits * BLOCK_TOKENS, staleBlocks };
  }

  store(key: string, tokens: readonly number[], weights: string): void {
    for (const block of blockKeys(key, tokens, tokens.length)) {
      const owner = this.#blocks.get(block) ?? weights;
      this.#blocks.delete(block);
      this.#blocks.set(block, owner);
    }
    for (const block of this.#blocks.keys()) {
      if (this.#blocks.size <= this.#capacity) break;
      this.#blocks.delete(block);
    }
  }
}

/** One 53-bit key per full block, each depending on everything before it. */
function* blockKeys(key: string, tokens: readonly number[], limit: number): Generator<number> {
  let low = hashText(key, 1);
  let high = hashText(key, 2);
  for (let at = 0; at < limit; at += 1) {
    const token = tokens[at] ?? 0;
    low = hashPair(low, token);
    high = hashPair(high, token + 1);
    if ((at + 1) % BLOCK_TOKENS === 0) yield (high % 0x200000) * 0x100000000 + low;
  }
}
