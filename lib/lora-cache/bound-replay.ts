import { type CacheLimits, resolveLimits } from "./limits.ts";
import { AdapterNumbers, type CacheEvent, distinctOfStep } from "./trace.ts";

export type Bound = { least: number; most: number };
/** What no order inside the steps can go below or above. */
export type ReplayBounds = {
  gpuHits: Bound;
  swaps: { cpu: Bound; disk: Bound };
  gpuEvictions: Bound;
  cpuEvictions: Bound;
};

/** A trace in which the tiers stay two prefixes of one recency list. */
export type StackEvent = Exclude<CacheEvent, { kind: "reload" | "remove" }>;

/**
 * Limits on what a trace costs when nobody knows in which order its steps touched their adapters. Between two uses of
 * an adapter lie surely those touched in the steps in between, and perhaps those that shared one of its two steps. The
 * bounds take each touch for itself, so every order lies within them, but they need not be reached by one order for all
 * touches at once. With one adapter a step they meet.
 * @throws RangeError as `replay` does
 */
export function boundReplay(trace: Iterable<StackEvent>, limits: CacheLimits): ReplayBounds {
  const { maxLoras, maxCpuLoras } = resolveLimits(limits);
  const numbers = new AdapterNumbers();
  let process = new ProcessBounds(maxLoras, maxCpuLoras);
  const processes = [process];
  for (const event of trace) {
    if (typeof event === "string") process.step([numbers.of(event)]);
    else
      switch (event.kind) {
        case "step":
          process.step(distinctOfStep(event.adapters, maxLoras).map((adapter) => numbers.of(adapter)));
          break;
        case "load":
          process.step([numbers.load(event.adapter)]);
          break;
        case "unload":
          numbers.unload(event.adapter);
          break;
        case "restart":
          numbers.restart();
          process = new ProcessBounds(maxLoras, maxCpuLoras);
          processes.push(process);
          break;
      }
  }
  return processes.map((one) => one.result()).reduce(addBounds);
}

/** The bounds of one process, which starts with an empty cache. */
class ProcessBounds {
  readonly #maxLoras: number;
  readonly #maxCpuLoras: number;
  readonly #lastStep = new Map<number, number>();
  #steps = 0;
  #touches = 0;
  readonly #outOfSlots = { least: 0, most: 0 };
  readonly #outOfMemory = { least: 0, most: 0 };
  readonly #fromCpu = { least: 0, most: 0 };

  constructor(maxLoras: number, maxCpuLoras: number) {
    this.#maxLoras = maxLoras;
    this.#maxCpuLoras = maxCpuLoras;
  }

  step(adapters: readonly number[]): void {
    for (const adapter of adapters) this.#add(this.#distanceOf(adapter, adapters));
    for (const adapter of adapters) this.#lastStep.set(adapter, this.#steps);
    this.#steps += 1;
  }

  result(): ReplayBounds {
    const isOneTier = this.#maxLoras === this.#maxCpuLoras;
    return {
      gpuHits: { least: this.#touches - this.#outOfSlots.most, most: this.#touches - this.#outOfSlots.least },
      swaps: { cpu: { ...this.#fromCpu }, disk: { ...this.#outOfMemory } },
      gpuEvictions: isOneTier ? { least: 0, most: 0 } : pushedOut(this.#outOfSlots, this.#maxLoras),
      cpuEvictions: pushedOut(this.#outOfMemory, this.#maxCpuLoras),
    };
  }

  /** Its place in the recency list when it is touched: at best first in this step and last in its previous one. */
  #distanceOf(adapter: number, step: readonly number[]): Bound {
    const previous = this.#lastStep.get(adapter);
    if (previous === undefined) return { least: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY };
    let surely = 0;
    let perhaps = 0;
    for (const [other, last] of this.#lastStep) {
      if (other === adapter) continue;
      if (last > previous) surely += 1;
      else if (last === previous) perhaps += 1;
    }
    perhaps += step.filter((other) => other !== adapter && (this.#lastStep.get(other) ?? -1) < previous).length;
    return { least: surely + 1, most: surely + perhaps + 1 };
  }

  #add({ least, most }: Bound): void {
    this.#touches += 1;
    if (least > this.#maxLoras) this.#outOfSlots.least += 1;
    if (most > this.#maxLoras) this.#outOfSlots.most += 1;
    if (least > this.#maxCpuLoras) this.#outOfMemory.least += 1;
    if (most > this.#maxCpuLoras) this.#outOfMemory.most += 1;
    if (least > this.#maxLoras && most <= this.#maxCpuLoras) this.#fromCpu.least += 1;
    if (Math.max(least, this.#maxLoras + 1) <= Math.min(most, this.#maxCpuLoras)) this.#fromCpu.most += 1;
  }
}

/** The first `room` misses found a free place. */
const pushedOut = (misses: Bound, room: number): Bound => ({
  least: Math.max(0, misses.least - room),
  most: Math.max(0, misses.most - room),
});

const sum = (a: Bound, b: Bound): Bound => ({ least: a.least + b.least, most: a.most + b.most });
const addBounds = (a: ReplayBounds, b: ReplayBounds): ReplayBounds => ({
  gpuHits: sum(a.gpuHits, b.gpuHits),
  swaps: { cpu: sum(a.swaps.cpu, b.swaps.cpu), disk: sum(a.swaps.disk, b.swaps.disk) },
  gpuEvictions: sum(a.gpuEvictions, b.gpuEvictions),
  cpuEvictions: sum(a.cpuEvictions, b.cpuEvictions),
});
