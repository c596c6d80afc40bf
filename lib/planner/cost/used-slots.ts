/** Which adapters lie in the slots: the least recently used one without a request goes first. */
export class UsedSlots {
  swaps = 0;
  private readonly usedAt = new Map<number, number>();

  constructor(
    private readonly size: number,
    private readonly running: Int32Array,
  ) {}

  use(adapter: number, step: number): void {
    if (this.size === 0) return;
    if (!this.usedAt.delete(adapter)) {
      this.swaps += 1;
      if (this.usedAt.size >= this.size) this.evict();
    }
    this.usedAt.set(adapter, step);
  }

  /** A map keeps the order of insertion: the first one that is idle is the least recent. */
  private evict(): void {
    for (const adapter of this.usedAt.keys()) {
      if ((this.running[adapter] ?? 0) > 0) continue;
      this.usedAt.delete(adapter);
      return;
    }
  }
}
