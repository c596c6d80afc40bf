import { type CacheLimits, resolveLimits } from "./limits.ts";
import type { CacheTotals } from "./two-tier-cache.ts";

/** One recency list of every size from 1 to `maxCapacity`, over one trace. */
export type MissCurve = {
  readonly maxCapacity: number;
  readonly touches: number;
  /** By capacity: touches that a list of that size does not hold. At 0 it is all of them. */
  readonly misses: Float64Array;
  /** By capacity: how many it pushed out. */
  readonly evictions: Float64Array;
  /** What the two tiers of these sizes do. @throws RangeError beyond `maxCapacity`, or on limits that vLLM refuses */
  at(limits: CacheLimits): CacheTotals;
};

const BLOCK = 512;
const WORDS_PER_BLOCK = BLOCK / 32;
const MIN_WINDOW = 2048;

const at = (array: Int32Array | Uint8Array | Uint16Array, index: number): number => array[index] as number;

/**
 * Hits and misses of every (max_loras, max_cpu_loras) at once, in one pass (Mattson's stack distances). vLLM's two
 * tiers are two prefixes of one recency list as long as nothing is reloaded in place or removed, so a touch at distance
 * d is found in a slot when d ≤ max_loras and in host memory when d ≤ max_cpu_loras.
 *
 * Each touch takes the next place of a window and gives up its old one; a distance is the number of places taken
 * since, counted in words and blocks. A full window is packed, and who lies deeper than `maxCapacity` is forgotten.
 */
export class MissCurveBuilder {
  readonly #maxCapacity: number;
  readonly #window: number;
  /** By adapter: its place in the window + 1; 0 = none. */
  #placeOf: Int32Array;
  readonly #adapterAt: Int32Array;
  /** Which places are taken; how many in each word of 32, and in each block. */
  readonly #bits: Int32Array;
  readonly #inWord: Uint8Array;
  readonly #inBlock: Uint16Array;
  #nextPlace = 0;
  /** Touches by distance since the last restart; at 0 those deeper than `maxCapacity`, or first ones. */
  readonly #distances: Float64Array;
  readonly #misses: Float64Array;
  readonly #evictions: Float64Array;

  constructor(maxCapacity: number, adapters = 64) {
    if (!Number.isInteger(maxCapacity) || maxCapacity < 1)
      throw new RangeError(`the largest capacity is ${maxCapacity}; it must be a whole number of at least 1`);
    this.#maxCapacity = maxCapacity;
    this.#window = Math.max(MIN_WINDOW, Math.ceil((4 * maxCapacity) / BLOCK) * BLOCK);
    this.#placeOf = new Int32Array(adapters);
    this.#adapterAt = new Int32Array(this.#window);
    this.#bits = new Int32Array(this.#window / 32);
    this.#inWord = new Uint8Array(this.#window / 32);
    this.#inBlock = new Uint16Array(this.#window / BLOCK);
    this.#distances = new Float64Array(maxCapacity + 1);
    this.#misses = new Float64Array(maxCapacity + 1);
    this.#evictions = new Float64Array(maxCapacity + 1);
  }

  touch(adapter: number): void {
    if (adapter >= this.#placeOf.length) this.#grow(adapter);
    const place = at(this.#placeOf, adapter) - 1;
    let bucket = 0;
    if (place >= 0) {
      if (place === this.#nextPlace - 1) {
        this.#distances[1] = (this.#distances[1] as number) + 1;
        return;
      }
      const distance = this.#takenSince(place) + 1;
      if (distance <= this.#maxCapacity) bucket = distance;
      this.#mark(place, -1);
      this.#placeOf[adapter] = 0;
    }
    this.#distances[bucket] = (this.#distances[bucket] as number) + 1;
    if (this.#nextPlace === this.#window) this.#pack();
    const next = this.#nextPlace;
    this.#placeOf[adapter] = next + 1;
    this.#adapterAt[next] = adapter;
    this.#mark(next, 1);
    this.#nextPlace = next + 1;
  }

  touchAll(adapters: ArrayLike<number>): void {
    for (let index = 0; index < adapters.length; index += 1) this.touch(adapters[index] as number);
  }

  /** A new process: nothing is cached any more; what was counted stays. */
  restart(): void {
    this.#addUp(this.#misses, this.#evictions);
    this.#distances.fill(0);
    this.#placeOf.fill(0);
    this.#clearWindow();
  }

  /** Up to the latest touch; more may follow. */
  result(): MissCurve {
    const misses = this.#misses.slice();
    const evictions = this.#evictions.slice();
    this.#addUp(misses, evictions);
    return curveOf(this.#maxCapacity, misses, evictions);
  }

  /** Adds this process's misses; of those the first `capacity` found room, each later one pushed somebody out. */
  #addUp(misses: Float64Array, evictions: Float64Array): void {
    let missed = this.#distances.reduce((sum, count) => sum + count, 0);
    misses[0] = (misses[0] as number) + missed;
    for (let capacity = 1; capacity <= this.#maxCapacity; capacity += 1) {
      missed -= this.#distances[capacity] as number;
      misses[capacity] = (misses[capacity] as number) + missed;
      evictions[capacity] = (evictions[capacity] as number) + Math.max(0, missed - capacity);
    }
  }

  /** How many places after `place` are taken. */
  #takenSince(place: number): number {
    const word = place >>> 5;
    let taken = popcount((at(this.#bits, word) >>> (place & 31)) >>> 1);
    const lastWord = (this.#nextPlace - 1) >>> 5;
    const blockEnd = Math.min(lastWord, word | (WORDS_PER_BLOCK - 1));
    for (let index = word + 1; index <= blockEnd; index += 1) taken += at(this.#inWord, index);
    const lastBlock = Math.floor(lastWord / WORDS_PER_BLOCK);
    for (let index = Math.floor(word / WORDS_PER_BLOCK) + 1; index <= lastBlock; index += 1)
      taken += at(this.#inBlock, index);
    return taken;
  }

  #mark(place: number, change: 1 | -1): void {
    const word = place >>> 5;
    this.#bits[word] = at(this.#bits, word) ^ (1 << (place & 31));
    this.#inWord[word] = at(this.#inWord, word) + change;
    const block = place >>> 9;
    this.#inBlock[block] = at(this.#inBlock, block) + change;
  }

  /** Moves the taken places together, in order, and forgets all but the newest. */
  #pack(): void {
    const newest: number[] = [];
    for (let place = this.#window - 1; place >= 0; place -= 1) {
      const adapter = at(this.#adapterAt, place);
      if (at(this.#placeOf, adapter) !== place + 1) continue; // it has a newer place
      if (newest.length < this.#maxCapacity) newest.push(adapter);
      else this.#placeOf[adapter] = 0;
    }
    this.#clearWindow();
    for (const [index, adapter] of newest.reverse().entries()) {
      this.#placeOf[adapter] = index + 1;
      this.#adapterAt[index] = adapter;
      this.#mark(index, 1);
    }
    this.#nextPlace = newest.length;
  }

  #clearWindow(): void {
    this.#bits.fill(0);
    this.#inWord.fill(0);
    this.#inBlock.fill(0);
    this.#nextPlace = 0;
  }

  #grow(adapter: number): void {
    const bigger = new Int32Array(Math.max(adapter + 1, 2 * this.#placeOf.length));
    bigger.set(this.#placeOf);
    this.#placeOf = bigger;
  }
}

/** @param adapters a trace of touches: whole numbers from 0, each a step of its own */
export function missCurve(adapters: ArrayLike<number>, maxCapacity: number): MissCurve {
  const builder = new MissCurveBuilder(maxCapacity);
  builder.touchAll(adapters);
  return builder.result();
}

function curveOf(maxCapacity: number, misses: Float64Array, evictions: Float64Array): MissCurve {
  const touches = misses[0] as number;
  return {
    maxCapacity,
    touches,
    misses,
    evictions,
    at(limits) {
      const { maxLoras, maxCpuLoras } = resolveLimits(limits);
      if (maxCpuLoras > maxCapacity)
        throw new RangeError(`the curve ends at ${maxCapacity}; ${maxCpuLoras} is beyond it`);
      const outOfSlots = misses[maxLoras] as number;
      const outOfMemory = misses[maxCpuLoras] as number;
      const isOneTier = maxLoras === maxCpuLoras;
      const dropped = evictions[maxCpuLoras] as number;
      return {
        gpuHits: touches - outOfSlots,
        swaps: { cpu: outOfSlots - outOfMemory, disk: outOfMemory },
        gpuEvictions: isOneTier ? 0 : (evictions[maxLoras] as number),
        cpuEvictions: dropped,
        slotsFreedByCpu: isOneTier ? dropped : 0,
      };
    },
  };
}

/** Bits set in a 32-bit word. */
function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
