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
  readonly #totals = { gpuHits: 0, swaps: { cpu: 0, disk: 0 }, gpuEvictions: 0, cpuEvictions: 0, slotsFreedByCpu: 0 };
  readonly #one = new Uint32Array(1);

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
    this.#one[0] = adapter;
    return this.touchAll(this.#one);
  }

  /**
   * Touches one after the other, each a step of its own; much faster than as many calls of `touch`.
   * @returns the source of the last one
   */
  touchAll(adapters: ArrayLike<number>): SourceCode {
    // in local variables the engine keeps them in registers: this loop runs tens of millions of times a second
    let [next, prev, tiers] = [this.#next, this.#prev, this.#tier];
    let [lastInSlot, inSlots, inMemory] = [this.#lastInSlot, this.#inSlots, this.#inMemory];
    let [fromCpu, fromDisk, gpuEvictions, cpuEvictions, freed] = [0, 0, 0, 0, 0];
    let [evictedGpu, evictedCpu, tier] = [HEAD, HEAD, GPU];
    const { maxLoras, maxCpuLoras } = this;
    for (let index = 0; index < adapters.length; index += 1) {
      const entry = (adapters[index] as number) + 1;
      if (entry >= tiers.length) {
        this.#grow(entry);
        [next, prev, tiers] = [this.#next, this.#prev, this.#tier];
      }
      evictedGpu = HEAD;
      evictedCpu = HEAD;
      tier = at(tiers, entry);
      // the most recent one has its slot, unless those before it were removed
      if (tier === GPU && at(next, HEAD) === entry) continue;
      if (tier !== ABSENT) {
        if (entry === lastInSlot) lastInSlot = at(prev, entry);
        unlink(next, prev, entry);
      } else {
        fromDisk += 1;
        if (inMemory < maxCpuLoras) inMemory += 1;
        else {
          evictedCpu = at(prev, HEAD);
          if (at(tiers, evictedCpu) === GPU) {
            // both tiers are equally large: the victim holds a slot too, which it frees
            lastInSlot = at(prev, evictedCpu);
            inSlots -= 1;
            freed += 1;
          }
          unlink(next, prev, evictedCpu);
          tiers[evictedCpu] = ABSENT;
          cpuEvictions += 1;
        }
      }
      putFirst(next, prev, entry);
      if (tier === GPU) continue;
      fromCpu += tier;
      tiers[entry] = GPU;
      if (inSlots < maxLoras) {
        if (inSlots === 0) lastInSlot = entry;
        inSlots += 1;
      } else {
        evictedGpu = lastInSlot;
        tiers[evictedGpu] = CPU;
        lastInSlot = at(prev, evictedGpu);
        gpuEvictions += 1;
      }
    }
    [this.#lastInSlot, this.#inSlots, this.#inMemory] = [lastInSlot, inSlots, inMemory];
    [this.evictedGpu, this.evictedCpu] = [evictedGpu - 1, evictedCpu - 1];
    this.#add(adapters.length - fromCpu - fromDisk, fromCpu, fromDisk, gpuEvictions, cpuEvictions, freed);
    return (GPU - tier) as SourceCode;
  }

  /** `load_inplace`: read from disk whatever is there; an old copy gives up its place to the new one, so nobody goes. */
  reload(adapter: number): SourceCode {
    const source = this.touch(adapter);
    this.#add(source === FROM_GPU ? -1 : 0, source === FROM_CPU ? -1 : 0, source === FROM_DISK ? 0 : 1, 0, 0, 0);
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
    unlink(this.#next, this.#prev, entry);
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

  /** Who would lose its slot to a newcomer; -1 = a slot is free. */
  leastRecentInSlot(): number {
    return this.#inSlots < this.maxLoras ? -1 : this.#lastInSlot - 1;
  }

  /** Who is where, most recent first; `cpu` holds every host copy, also of those that have a slot. */
  residents(): { gpu: number[]; cpu: number[] } {
    const cpu: number[] = [];
    for (let entry = at(this.#next, HEAD); entry !== HEAD; entry = at(this.#next, entry)) cpu.push(entry - 1);
    return { gpu: cpu.slice(0, this.#inSlots), cpu };
  }

  totals(): CacheTotals {
    return { ...this.#totals, swaps: { ...this.#totals.swaps } };
  }

  #add(gpuHits: number, cpu: number, disk: number, gpuEvictions: number, cpuEvictions: number, freed: number): void {
    const totals = this.#totals;
    totals.gpuHits += gpuHits;
    totals.swaps.cpu += cpu;
    totals.swaps.disk += disk;
    totals.gpuEvictions += gpuEvictions;
    totals.cpuEvictions += cpuEvictions;
    totals.slotsFreedByCpu += freed;
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

function unlink(next: Int32Array, prev: Int32Array, entry: number): void {
  const before = at(prev, entry);
  const after = at(next, entry);
  next[before] = after;
  prev[after] = before;
}

function putFirst(next: Int32Array, prev: Int32Array, entry: number): void {
  const first = at(next, HEAD);
  next[entry] = first;
  prev[entry] = HEAD;
  prev[first] = entry;
  next[HEAD] = entry;
}
