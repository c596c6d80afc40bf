import type { CacheEvent } from "../trace.ts";

export type PlainTouch = {
  adapter: string;
  source: "gpu" | "cpu" | "disk";
  evicted: { gpu: string | null; cpu: string | null };
};
export type PlainTotals = {
  gpuHits: number;
  swaps: { cpu: number; disk: number };
  gpuEvictions: number;
  cpuEvictions: number;
  slotsFreedByCpu: number;
};

/**
 * vLLM's four rules of a touch as they are written down, with two plain lists (least recent first) and nothing clever:
 * what the fast code is compared with. Copies are objects, so that a name loaded twice is two of them.
 */
export function plainReplay(trace: readonly CacheEvent[], maxLoras: number, maxCpuLoras: number) {
  type Copy = { name: string };
  let [gpu, cpu]: [Copy[], Copy[]] = [[], []];
  let named = new Map<string, Copy>();
  const touches: PlainTouch[] = [];
  const totals: PlainTotals = {
    gpuHits: 0,
    swaps: { cpu: 0, disk: 0 },
    gpuEvictions: 0,
    cpuEvictions: 0,
    slotsFreedByCpu: 0,
  };
  const without = (list: Copy[], copy: Copy) => list.filter((one) => one !== copy);
  const copyOf = (name: string) => {
    const copy = named.get(name) ?? { name };
    named.set(name, copy);
    return copy;
  };
  const touch = (copy: Copy, inPlace = false) => {
    const done: PlainTouch = { adapter: copy.name, source: "gpu", evicted: { gpu: null, cpu: null } };
    if (inPlace || !cpu.includes(copy)) {
      done.source = "disk";
      [gpu, cpu] = [without(gpu, copy), without(cpu, copy)];
      if (cpu.length + 1 > maxCpuLoras) {
        const victim = cpu.shift() as Copy;
        totals.cpuEvictions += 1;
        if (gpu.includes(victim)) totals.slotsFreedByCpu += 1;
        gpu = without(gpu, victim);
        done.evicted.cpu = victim.name;
      }
      cpu.push(copy);
    } else cpu = [...without(cpu, copy), copy];
    if (!gpu.includes(copy)) {
      if (done.source === "gpu") done.source = "cpu";
      if (gpu.length >= maxLoras) {
        done.evicted.gpu = (gpu.shift() as Copy).name;
        totals.gpuEvictions += 1;
      }
      gpu.push(copy);
    } else gpu = [...without(gpu, copy), copy];
    if (done.source === "gpu") totals.gpuHits += 1;
    else totals.swaps[done.source] += 1;
    touches.push(done);
  };
  for (const event of trace) {
    if (typeof event === "string") touch(copyOf(event));
    else if (event.kind === "step") for (const name of new Set(event.adapters)) touch(copyOf(name));
    else if (event.kind === "load") {
      named.set(event.adapter, { name: event.adapter });
      touch(copyOf(event.adapter));
    } else if (event.kind === "reload") touch(copyOf(event.adapter), true);
    else if (event.kind === "remove") {
      const copy = copyOf(event.adapter);
      [gpu, cpu] = [without(gpu, copy), without(cpu, copy)];
    } else if (event.kind === "restart") {
      [gpu, cpu] = [[], []];
      named = new Map();
    }
  }
  const tierOf = (name: string): "gpu" | "cpu" | "absent" => {
    const copy = copyOf(name);
    return gpu.includes(copy) ? "gpu" : cpu.includes(copy) ? "cpu" : "absent";
  };
  return { totals, touches, tierOf };
}
