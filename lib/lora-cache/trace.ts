/** One thing that happened on a node, in the order in which its engine saw it. */
export type CacheEvent =
  /** A request that ran alone: the same as a step with this one adapter. */
  | string
  /** An engine step: the distinct adapters of its batch. */
  | { kind: "step"; adapters: readonly string[] }
  /** `POST /v1/load_lora_adapter` that was accepted. */
  | { kind: "load"; adapter: string }
  /** A load in place. (vLLM repeats it in every later step of the same request: give one for each.) */
  | { kind: "reload"; adapter: string }
  /** vLLM's Python frontend only forgets the name; requests that still run keep using the old weights. */
  | { kind: "unload"; adapter: string }
  /** The engine's own removal, as by the Rust frontend's unload. */
  | { kind: "remove"; adapter: string }
  /** Another process: nothing is loaded and nothing resident. */
  | { kind: "restart" };

/**
 * The engine knows adapters by a number that each load takes anew, so a name that is unloaded and loaded again is two
 * adapters, and both copies are cached.
 */
export class AdapterNumbers {
  readonly #byName = new Map<string, number>();
  readonly #unloaded = new Set<string>();
  readonly #names: string[] = [];

  /** The number that requests for this name carry; a name that no load came before was there from the start. */
  of(name: string): number {
    return this.#byName.get(name) ?? this.#add(name);
  }

  /** @throws RangeError when the name is loaded already: vLLM refuses that, so no trace of accepted loads holds it */
  load(name: string): number {
    if (this.#byName.has(name) && !this.#unloaded.has(name))
      throw new RangeError(`${name} is loaded already; vLLM refuses a second load of a name`);
    return this.#add(name);
  }

  /** One that nobody spoke of was there from the start, and may still be used by who was accepted before. */
  unload(name: string): void {
    this.of(name);
    this.#unloaded.add(name);
  }

  restart(): void {
    this.#byName.clear();
    this.#unloaded.clear();
  }

  /** null for -1, which stands for nobody. */
  nameOf(number: number): string | null {
    return this.#names[number] ?? null;
  }

  #add(name: string): number {
    const number = this.#names.push(name) - 1;
    this.#byName.set(name, number);
    this.#unloaded.delete(name);
    return number;
  }
}

/** @throws RangeError on more distinct adapters than there are slots: vLLM's scheduler never forms such a batch */
export function distinctOfStep(adapters: readonly string[], maxLoras: number): string[] {
  const distinct = [...new Set(adapters)];
  if (distinct.length > maxLoras)
    throw new RangeError(`a step has ${distinct.length} distinct adapters; max_loras allows ${maxLoras}`);
  return distinct;
}
