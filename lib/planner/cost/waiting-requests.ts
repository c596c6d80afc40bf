/** Heap of adapters by the arrival of the request that they wait with; entries that have become untrue stay until popped. */
class ByArrival {
  private readonly keys: number[] = [];
  private readonly adapters: number[] = [];

  push(key: number, adapter: number): void {
    const { keys, adapters } = this;
    let at = keys.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentKey = keys[parent] ?? 0;
      if (parentKey <= key) break;
      keys[at] = parentKey;
      adapters[at] = adapters[parent] ?? 0;
      at = parent;
    }
    keys[at] = key;
    adapters[at] = adapter;
  }

  get key(): number {
    return this.keys[0] ?? Number.POSITIVE_INFINITY;
  }

  get adapter(): number {
    return this.adapters[0] ?? -1;
  }

  pop(): void {
    const { keys, adapters } = this;
    const [key, adapter] = [keys.pop() ?? 0, adapters.pop() ?? 0];
    const size = keys.length;
    if (size === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (keys[child + 1] ?? 0) < (keys[child] ?? 0)) child += 1;
      if ((keys[child] ?? 0) >= key) break;
      keys[at] = keys[child] ?? 0;
      adapters[at] = adapters[child] ?? 0;
      at = child;
    }
    keys[at] = key;
    adapters[at] = adapter;
  }
}

/** One request in the node. `promptTokens` grows by what was written when it is preempted: all of that is computed again. */
export type NodeRequest = {
  adapter: number;
  arrivedS: number;
  promptTokens: number;
  /** Still to write. */
  outputTokens: number;
  /** NaN until the first token. */
  firstTokenS: number;
  next: NodeRequest | null;
};

/**
 * Requests that wait, first come first served as in vLLM's V1 scheduler: one whose adapter has no slot is passed over,
 * and the next whose adapter has one goes ahead of it.
 */
export class WaitingRequests {
  size = 0;
  private readonly heads: (NodeRequest | null)[];
  private readonly tails: (NodeRequest | null)[];
  private readonly withSlot = new ByArrival();
  private readonly without = new ByArrival();

  /** @param running requests of each adapter that are in the batch; an adapter holds a slot while it has any */
  constructor(private readonly running: Int32Array) {
    this.heads = new Array(running.length).fill(null);
    this.tails = new Array(running.length).fill(null);
  }

  add(request: NodeRequest): void {
    const { adapter } = request;
    const tail = this.tails[adapter];
    this.tails[adapter] = request;
    this.size += 1;
    if (tail) tail.next = request;
    else this.setHead(adapter, request);
  }

  /** Back to the front, as after a preemption. */
  putBack(request: NodeRequest): void {
    const { adapter } = request;
    request.next = this.heads[adapter] ?? null;
    if (request.next === null) this.tails[adapter] = request;
    this.size += 1;
    this.setHead(adapter, request);
  }

  /** After an adapter got or lost its slot. */
  slotChanged(adapter: number): void {
    const head = this.heads[adapter];
    if (head) this.enlist(adapter, head);
  }

  /** The request whose turn it is, or null. @param freeSlots whether an adapter without a slot may come in */
  first(freeSlots: boolean): NodeRequest | null {
    this.dropUntrue(this.withSlot, true);
    this.dropUntrue(this.without, false);
    const useNew = freeSlots && this.without.key < this.withSlot.key;
    return this.heads[(useNew ? this.without : this.withSlot).adapter] ?? null;
  }

  /** Takes out what `first` returned. */
  take(request: NodeRequest): void {
    const { adapter, next } = request;
    request.next = null;
    this.size -= 1;
    if (next === null) this.tails[adapter] = null;
    this.setHead(adapter, next);
  }

  private setHead(adapter: number, head: NodeRequest | null): void {
    this.heads[adapter] = head;
    if (head) this.enlist(adapter, head);
  }

  private enlist(adapter: number, head: NodeRequest): void {
    const heap = (this.running[adapter] ?? 0) > 0 ? this.withSlot : this.without;
    heap.push(head.arrivedS, adapter);
  }

  private dropUntrue(heap: ByArrival, hasSlot: boolean): void {
    for (;;) {
      const { adapter } = heap;
      if (adapter < 0) return;
      const isTrue = (this.running[adapter] ?? 0) > 0 === hasSlot && this.heads[adapter]?.arrivedS === heap.key;
      if (isTrue) return;
      heap.pop();
    }
  }
}
