import { type CacheLimits, resolveLimits } from "./limits.ts";

/** Where the weights came from when they were needed. The numbers are what `touch` returns: indexes of `SOURCES`. */
export const SOURCES = ["gpu", "cpu", "disk"] as const;
export type Source = (typeof SOURCES)[number];
export const FROM_GPU = 0;
export const FROM_CPU = 1;
export const FROM_DISK = 2;
export type SourceCode = typeof FROM_GPU | typeof FROM_CPU | typeof FROM_DISK;

export type Tier = "gpu" | "cpu" | "absent";

/** Sums since the cache was made. */
export type CacheTotals = {
  /** Touches that found the adapter in its slot. */
  gpuHits: number;
  /** Touches that had to fetch it, by the tier it came from. */
  swaps: { cpu: number; disk: number };
  /** Slots emptied because another adapter needed one. */
  gpuEvictions: number;
  /** Host copies dropped because another adapter needed the room. */
  cpuEvictions: number;
  /** Slots freed by such a drop: only where both tiers are equally large, and not among `gpuEvictions`. */
  slotsFreedByCpu: number;
};

/** As they are stored: how many steps from the disk. */
const ABSENT = 0;
const CPU = 1;
const GPU = 2;
const HEAD = 0;

const at = (array: Int32Array | Uint8Array | Uint32Array, index: number): number => array[index] as number;

/**
 * The adapter cache of one vLLM worker process (`LRUCacheWorkerLoRAManager`): slots on the GPU over copies in host
 * memory, each least-recently-used. Nothing is pinned.
 *
 * Every touch moves an adapter to the front of both tiers, and who is pushed out of a slot was touched before everyone
 * who stays. So the slots always hold a prefix of the one recency list, and one list with a mark suffices. That holds
 * after `reload` and `remove` as well; after `remove` the prefix is just shorter than there are slots.
 *
 * Adapters are whole numbers from 0, which should be dense: memory follows the largest.
 */
export class TwoTierCache {
  readonly maxLoras: number;
  readonly maxCpuLoras: number;
  /** Whom the latest operation pushed out of its slot by need of the slot; -1 = nobody. */
  evictedGpu = -1;
  /** Whom the latest operation pushed out of host memory; -1 = nobody. */
  evictedCpu = -1;

  /** A ring: entry 0 stands for both ends, adapter n is entry n + 1. */
  #next: Int32Array;
  #prev: Int32Array;
  #tier: Uint8Array;
  /** The least recent entry with a slot; 0 = no slot is taken. */
  #lastInSlot = HEAD;
  #inSlots = 0;
  #inMemory = 0;
  readonly #fetched = new Float64Array(3);
  #gpuEvictions = 0;
  #cpuEvictions = 0;
  #slotsFreedByCpu = 0;

  /**
   * @param adapters how many there will be, if known
   * @throws RangeError on limits that vLLM refuses
   */
  constructor(limits: CacheLimits, adapters = 64) {
    ({ maxLoras: this.maxLoras, maxCpuLoras: this.maxCpuLoras } = resolveLimits(limits));
    this.#next = new Int32Array(adapters + 1);
    this.#prev = new Int32Array(adapters + 1);
    this.#tier = new Uint8Array(adapters + 1);
  }

  /**
   * One use of an adapter: by an engine step that has it in its batch, or by a load.
   * @returns where its weights came from; `evictedGpu` and `evictedCpu` say who had to go
   */
  touch(adapter: number): SourceCode {
    const entry = adapter + 1;
    if (entry >= this.#tier.length) this.#grow(entry);
    this.evictedGpu = -1;
    this.evictedCpu = -1;
    if (at(this.#next, HEAD) === entry) {
      this.#fetched[FROM_GPU] = (this.#fetched[FROM_GPU] as number) + 1;
      return FROM_GPU;
    }
    const tier = at(this.#tier, entry);
    if (tier === ABSENT) {
      if (this.#inMemory === this.maxCpuLoras) this.#dropLeastRecent();
      else this.#inMemory += 1;
    } else {
      if (entry === this.#lastInSlot) this.#lastInSlot = at(this.#prev, entry);
      this.#unlink(entry);
    }
    this.#putFirst(entry);
    if (tier !== GPU) this.#takeSlot(entry);
    const source = (GPU - tier) as SourceCode;
    this.#fetched[source] = (this.#fetched[source] as number) + 1;
    return source;
  }

  /** Touches one after the other, each a step of its own. */
  touchAll(adapters: ArrayLike<number>): void {
    for (let index = 0; index < adapters.length; index += 1) this.touch(adapters[index] as number);
  }

  /** `load_inplace`: read from disk whatever is there; an old copy gives up its place to the new one, so nobody goes. */
  reload(adapter: number): SourceCode {
    const source = this.touch(adapter);
    if (source === FROM_DISK) return FROM_DISK;
    // the old copy left its slot before the new one asked for one
    this.#fetched[source] = (this.#fetched[source] as number) - 1;
    this.#fetched[FROM_DISK] = (this.#fetched[FROM_DISK] as number) + 1;
    return FROM_DISK;
  }

  /** The engine's own removal, from both tiers: what the Rust frontend's unload does, and the Python one's does not. */
  remove(adapter: number): void {
    this.evictedGpu = -1;
    this.evictedCpu = -1;
    const entry = adapter + 1;
    const tier = this.#tier[entry] ?? ABSENT;
    if (tier === ABSENT) return;
    if (tier === GPU) {
      if (entry === this.#lastInSlot) this.#lastInSlot = at(this.#prev, entry);
      this.#inSlots -= 1;
    }
    this.#unlink(entry);
    this.#tier[entry] = ABSENT;
    this.#inMemory -= 1;
  }

  /** A new process: both tiers are empty. (The warm-up's dummies are cleared before the first request.) */
  restart(): void {
    this.evictedGpu = -1;
    this.evictedCpu = -1;
    this.#next[HEAD] = HEAD;
    this.#prev[HEAD] = HEAD;
    this.#tier.fill(ABSENT);
    this.#lastInSlot = HEAD;
    this.#inSlots = 0;
    this.#inMemory = 0;
  }

  /** The highest tier that holds it. */
  tierOf(adapter: number): Tier {
    const tier = this.#tier[adapter + 1] ?? ABSENT;
    return tier === GPU ? "gpu" : tier === CPU ? "cpu" : "absent";
  }

  /** Who is where, most recent first; `cpu` holds every host copy, also of those that have a slot. */
  residents(): { gpu: number[]; cpu: number[] } {
    const cpu: number[] = [];
    for (let entry = at(this.#next, HEAD); entry !== HEAD; entry = at(this.#next, entry)) cpu.push(entry - 1);
    return { gpu: cpu.slice(0, this.#inSlots), cpu };
  }

  totals(): CacheTotals {
    const [gpuHits = 0, cpu = 0, disk = 0] = this.#fetched;
    return {
      gpuHits,
      swaps: { cpu, disk },
      gpuEvictions: this.#gpuEvictions,
      cpuEvictions: this.#cpuEvictions,
      slotsFreedByCpu: this.#slotsFreedByCpu,
    };
  }

  #takeSlot(entry: number): void {
    this.#tier[entry] = GPU;
    if (this.#inSlots < this.maxLoras) {
      if (this.#inSlots === 0) this.#lastInSlot = entry;
      this.#inSlots += 1;
      return;
    }
    const victim = this.#lastInSlot;
    this.#tier[victim] = CPU;
    this.#lastInSlot = at(this.#prev, victim);
    this.#gpuEvictions += 1;
    this.evictedGpu = victim - 1;
  }

  /** Room in host memory; where both tiers are equally large the victim holds a slot too, which it frees. */
  #dropLeastRecent(): void {
    const victim = at(this.#prev, HEAD);
    if (at(this.#tier, victim) === GPU) {
      this.#lastInSlot = at(this.#prev, victim);
      this.#inSlots -= 1;
      this.#slotsFreedByCpu += 1;
    }
    this.#unlink(victim);
    this.#tier[victim] = ABSENT;
    this.#cpuEvictions += 1;
    this.evictedCpu = victim - 1;
  }

  #unlink(entry: number): void {
    const before = at(this.#prev, entry);
    const after = at(this.#next, entry);
    this.#next[before] = after;
    this.#prev[after] = before;
  }

  #putFirst(entry: number): void {
    const first = at(this.#next, HEAD);
    this.#next[entry] = first;
    this.#prev[entry] = HEAD;
    this.#prev[first] = entry;
    this.#next[HEAD] = entry;
  }

  #grow(entry: number): void {
    const size = Math.max(entry + 1, 2 * this.#tier.length);
    const copy = <A extends Int32Array | Uint8Array>(bigger: A, from: A): A => {
      bigger.set(from);
      return bigger;
    };
    this.#next = copy(new Int32Array(size), this.#next);
    this.#prev = copy(new Int32Array(size), this.#prev);
    this.#tier = copy(new Uint8Array(size), this.#tier);
  }
}
