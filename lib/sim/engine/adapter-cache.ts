/** Where the weights of a touched adapter came from. */
export type SwapSource = "gpu" | "cpu" | "disk";

/** What one touch did. Victims are adapter ids, first dropped first. */
export type Touch = { source: SwapSource; evictedFromGpu: readonly number[]; evictedFromCpu: readonly number[] };

/**
 * vLLM's two tiers of LoRA weights in one worker: GPU slots and host copies, both least-recently-used.
 * Written from `LRUCacheWorkerLoRAManager.add_adapter` and `LRUCacheLoRAModelManager.activate_adapter`; every resident
 * of a slot also has a host copy. It shares no code with the planner's model of the same cache: comparing them is a proof.
 *
 * Reading bytes is the caller's business: ask `needsRead`, read and validate, then `touch`.
 */
export class AdapterCache {
  /** Insertion order is recency: the first key is the least recent. */
  readonly #cpu = new Set<number>();
  readonly #gpu = new Set<number>();
  readonly #pinned = new Set<number>();
  readonly #slots: (number | null)[];
  readonly #hostCapacity: number;

  /** @param slots max_loras @param hostCapacity max_cpu_loras, never below `slots` (vLLM refuses to start) */
  constructor(slots: number, hostCapacity: number) {
    if (hostCapacity < slots) throw new RangeError(`max_cpu_loras (${hostCapacity}) must be >= max_loras (${slots})`);
    this.#slots = Array.from({ length: slots }, () => null);
    this.#hostCapacity = hostCapacity;
  }

  /** True when the next touch reads from disk: absent from the host tier, or loaded with the sticky in-place flag. */
  needsRead(id: number, loadInplace = false): boolean {
    return loadInplace || !this.#cpu.has(id);
  }

  /**
   * `add_adapter`: once by a load, and at every engine step for every distinct adapter of the step's batch.
   * @throws Error when room is needed and everything is pinned
   */
  touch(id: number, loadInplace = false): Touch {
    const evictedFromCpu = this.needsRead(id, loadInplace) ? this.#insert(id) : null;
    if (evictedFromCpu === null) renew(this.#cpu, id);
    const hit = this.#gpu.has(id);
    const evictedFromGpu = hit ? [] : this.#activate(id);
    renew(this.#gpu, id);
    const source = evictedFromCpu !== null ? "disk" : hit ? "gpu" : "cpu";
    return { source, evictedFromGpu, evictedFromCpu: evictedFromCpu ?? [] };
  }

  /** `remove_adapter`, which no unload calls: frees the host copy and the slot. @returns whether there was one */
  remove(id: number): boolean {
    const isKnown = this.#cpu.has(id);
    this.#drop(id);
    return isKnown;
  }

  /** `pin_adapter`: into a slot, and never evicted from there. @throws RangeError when it has no host copy */
  pin(id: number): readonly number[] {
    if (!this.#cpu.has(id)) throw new RangeError(`Pinning failed. LoRA ${id} is not registered.`);
    const evictedFromGpu = this.#gpu.has(id) ? [] : this.#activate(id);
    this.#pinned.add(id);
    return evictedFromGpu;
  }

  /** Adapter ids in GPU slots, least recent first. */
  gpu(): readonly number[] {
    return [...this.#gpu];
  }

  /** Adapter ids with a host copy, least recent first; includes those in slots. */
  cpu(): readonly number[] {
    return [...this.#cpu];
  }

  slotOf(id: number): number | null {
    const slot = this.#slots.indexOf(id);
    return slot < 0 ? null : slot;
  }

  /** Who is in the last slot; null = nobody. */
  lastSlot(): number | null {
    return this.#slots.at(-1) ?? null;
  }

  #insert(id: number): readonly number[] {
    this.#drop(id);
    const victims: number[] = [];
    if (this.#cpu.size + 1 > this.#hostCapacity) {
      const victim = this.#oldest(this.#cpu);
      this.#drop(victim);
      victims.push(victim);
    }
    this.#cpu.add(id);
    return victims;
  }

  #activate(id: number): readonly number[] {
    const victims: number[] = [];
    if (this.#gpu.size >= this.#slots.length) {
      const victim = this.#oldest(this.#gpu);
      this.#leaveSlot(victim);
      victims.push(victim);
    }
    this.#slots[this.#slots.indexOf(null)] = id;
    this.#gpu.add(id);
    return victims;
  }

  #oldest(tier: ReadonlySet<number>): number {
    for (const id of tier) if (!this.#pinned.has(id)) return id;
    throw new Error("All items are pinned, cannot remove oldest from the cache.");
  }

  #drop(id: number): void {
    this.#cpu.delete(id);
    this.#pinned.delete(id);
    this.#leaveSlot(id);
  }

  #leaveSlot(id: number): void {
    if (!this.#gpu.delete(id)) return;
    this.#slots[this.#slots.indexOf(id)] = null;
  }
}

function renew(set: Set<number>, id: number): void {
  set.delete(id);
  set.add(id);
}
