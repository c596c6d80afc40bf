export type Sums = { gpuHits: number; cpu: number; disk: number };

/** How it is usually written in JavaScript: a Map in insertion order for each tier, the first key is the oldest. */
export function mapLru(trace: Uint32Array, maxLoras: number, maxCpuLoras: number): Sums {
  const [slots, memory] = [new Map<number, true>(), new Map<number, true>()];
  const sums: Sums = { gpuHits: 0, cpu: 0, disk: 0 };
  for (const adapter of trace) {
    const isInMemory = memory.delete(adapter);
    if (!isInMemory && memory.size >= maxCpuLoras) {
      const oldest = memory.keys().next().value;
      if (oldest !== undefined) {
        memory.delete(oldest);
        slots.delete(oldest);
      }
    }
    memory.set(adapter, true);
    if (slots.delete(adapter)) sums.gpuHits += 1;
    else {
      if (isInMemory) sums.cpu += 1;
      else sums.disk += 1;
      if (slots.size >= maxLoras) {
        const oldest = slots.keys().next().value;
        if (oldest !== undefined) slots.delete(oldest);
      }
    }
    slots.set(adapter, true);
  }
  return sums;
}

/** vLLM's rules with two arrays, least recent first: slow and plain, what the fast code must equal. */
export function plainLists(trace: ArrayLike<number>, maxLoras: number, maxCpuLoras: number) {
  const [slots, memory]: [number[], number[]] = [[], []];
  const sums = { gpuHits: 0, cpu: 0, disk: 0, gpuEvictions: 0, cpuEvictions: 0 };
  const take = (list: number[], adapter: number): boolean => {
    const index = list.indexOf(adapter);
    if (index >= 0) list.splice(index, 1);
    return index >= 0;
  };
  for (const adapter of Array.from(trace)) {
    const isInMemory = take(memory, adapter);
    if (!isInMemory && memory.length >= maxCpuLoras) {
      take(slots, memory.shift() ?? -1);
      sums.cpuEvictions += 1;
    }
    memory.push(adapter);
    if (take(slots, adapter)) sums.gpuHits += 1;
    else {
      sums[isInMemory ? "cpu" : "disk"] += 1;
      if (slots.length >= maxLoras) {
        slots.shift();
        sums.gpuEvictions += 1;
      }
    }
    slots.push(adapter);
  }
  return sums;
}
