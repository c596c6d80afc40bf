/** One name the API process knows. */
export type LoraEntry = {
  /** Per-process counter from 1; the same name loaded again after an unload gets a new one. */
  readonly id: number;
  readonly name: string;
  readonly path: string;
  /** Sticky: while set, every engine step reads the adapter from disk again. */
  readonly loadInplace: boolean;
  /** Digest of the weights read last, for the prefix cache; "" before the first read. */
  weightsDigest: string;
};

/**
 * `OpenAIServingModels.lora_requests`: unbounded, in load order, gone when the process ends. It says nothing about what
 * is resident: unloading forgets the name and leaves the weights in both tiers until LRU pushes them out.
 */
export class LoraRegistry {
  readonly #entries = new Map<string, LoraEntry>();
  #lastId = 0;

  /** The entry a load would make; `add` it once the engine has taken it. A failed load still uses up its id. */
  draft(name: string, path: string, loadInplace: boolean): LoraEntry {
    const known = this.#entries.get(name);
    if (known === undefined) this.#lastId += 1;
    return { id: known?.id ?? this.#lastId, name, path, loadInplace, weightsDigest: known?.weightsDigest ?? "" };
  }

  add(entry: LoraEntry): void {
    this.#entries.set(entry.name, entry);
  }

  remove(name: string): boolean {
    return this.#entries.delete(name);
  }

  get(name: string): LoraEntry | null {
    return this.#entries.get(name) ?? null;
  }

  list(): readonly LoraEntry[] {
    return [...this.#entries.values()];
  }
}
