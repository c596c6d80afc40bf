import type { LoraEntry } from "../lora-registry.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import { AdapterCache, type Touch } from "./adapter-cache.ts";
import { cpuSwapMs, diskReadMs } from "./latency.ts";

export type TiersOptions = {
  maxLoras: number;
  maxCpuLoras: number;
  /** In [0, 1): moves durations inside their range. */
  random: () => number;
  /** Reads and validates an adapter's files, each time anew. */
  read: (entry: LoraEntry) => Promise<AdapterWeights>;
};

/** One touch, with what it brought into the slot and for how long the batch stands still for it. */
export type TouchedAdapter = { weights: AdapterWeights; touch: Touch; waitMs: number };

/** The worker's two tiers with the bytes in them. */
export class AdapterTiers {
  readonly #options: TiersOptions;
  #cache: AdapterCache;
  /** Bytes of what the host tier holds, by adapter id. */
  readonly #weights = new Map<number, AdapterWeights>();

  /** @throws RangeError when max_cpu_loras is below max_loras */
  constructor(options: TiersOptions) {
    this.#options = options;
    this.#cache = new AdapterCache(options.maxLoras, options.maxCpuLoras);
  }

  /**
   * Makes one adapter active.
   * @throws InvalidAdapter or a file system error when its bytes cannot be read; nothing has moved then
   */
  async touch(entry: LoraEntry): Promise<TouchedAdapter> {
    let weights = this.#weights.get(entry.id);
    if (weights === undefined || this.#cache.needsRead(entry.id, entry.loadInplace)) {
      weights = await this.#options.read(entry);
      entry.weightsDigest = weights.digest;
    }
    const touch = this.#cache.touch(entry.id, entry.loadInplace);
    this.#weights.set(entry.id, weights);
    for (const id of touch.evictedFromCpu) this.#weights.delete(id);
    return { weights, touch, waitMs: swapMs(touch, this.#options.random) };
  }

  /** null = not in the host tier. */
  weightsOf(id: number): AdapterWeights | null {
    return this.#weights.get(id) ?? null;
  }

  /** The bytes in the last slot; null = it is empty. */
  lastSlotWeights(): AdapterWeights | null {
    const id = this.#cache.lastSlot();
    return id === null ? null : this.weightsOf(id);
  }

  /** Ids per tier, least recent first. */
  inspect(): { gpu: readonly number[]; cpu: readonly number[] } {
    return { gpu: this.#cache.gpu(), cpu: this.#cache.cpu() };
  }

  remove(id: number): boolean {
    this.#weights.delete(id);
    return this.#cache.remove(id);
  }

  /** @throws RangeError when it has no host copy */
  pin(id: number): void {
    this.#cache.pin(id);
  }

  /** Drops everything, as waking from the deeper sleep does; names load again when they are used. */
  clear(): void {
    this.#cache = new AdapterCache(this.#options.maxLoras, this.#options.maxCpuLoras);
    this.#weights.clear();
  }
}

/** How long the batch stands still for one adapter. */
function swapMs(touch: Touch, random: () => number): number {
  switch (touch.source) {
    case "gpu":
      return 0;
    case "cpu":
      return cpuSwapMs(random());
    case "disk":
      return diskReadMs(random()) + cpuSwapMs(random());
  }
}
