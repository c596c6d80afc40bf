import type { CacheLimits } from "./limits.ts";
import { AdapterNumbers, type CacheEvent, distinctOfStep } from "./trace.ts";
import { type CacheTotals, SOURCES, type Source, type SourceCode, TwoTierCache } from "./two-tier-cache.ts";

/**
 * In which order a step touches its adapters. vLLM walks a Python set, whose order changes with every process, so a
 * trace seldom tells. `recent-first` (most recently used first) fetches the fewest in that step and `stale-first` the
 * most: touching one that lies deeper pushes down those that wait, never one that was touched. What a later step
 * fetches may still be better or worse, so over a whole trace these two are samples and `boundReplay` is the bound.
 */
export type StepOrder = "given" | "recent-first" | "stale-first" | ((adapters: readonly string[]) => readonly string[]);

/** One use of one adapter. */
export type ReplayedTouch = {
  /** Index of its event in the trace. */
  event: number;
  by: "step" | "load" | "reload";
  adapter: string;
  source: Source;
  /** It was not in the step before: what the plugin's swap counter counts. Always false for a load. */
  entered: boolean;
  /** Who was pushed out for it. */
  evicted: { gpu: string | null; cpu: string | null };
};

export type Replay = CacheTotals & {
  touches: number;
  /** Touches by a load or reload; they are among `swaps` too. */
  loads: number;
  /** GPU hits by an adapter that was not in the step before. */
  gpuEntries: number;
  perEvent: ReplayedTouch[];
};

export type ReplayOptions = {
  order?: StepOrder;
  /** Who was in the step before the first: it does not enter again. */
  stepBefore?: readonly string[];
};

/**
 * Runs a trace through the cache of one node, from an empty one.
 * @example replay(["a", "b", "a"], { maxLoras: 1, maxCpuLoras: 2 }).swaps // { cpu: 1, disk: 2 }
 * @throws RangeError on limits that vLLM refuses, a step with too many adapters, or a second load of a loaded name
 */
export function replay(trace: Iterable<CacheEvent>, limits: CacheLimits, options: ReplayOptions = {}): Replay {
  const run = new ReplayRun(new TwoTierCache(limits), options);
  let index = 0;
  for (const event of trace) {
    run.apply(event, index);
    index += 1;
  }
  return run.result();
}

class ReplayRun {
  readonly #cache: TwoTierCache;
  readonly #order: StepOrder;
  readonly #numbers = new AdapterNumbers();
  readonly #touches: ReplayedTouch[] = [];
  /** By adapter number: the rank of its latest touch. */
  readonly #touchedAt = new Map<number, number>();
  #stepBefore: ReadonlySet<string>;

  constructor(cache: TwoTierCache, { order = "given", stepBefore = [] }: ReplayOptions) {
    this.#cache = cache;
    this.#order = order;
    this.#stepBefore = new Set(stepBefore);
  }

  apply(event: CacheEvent, index: number): void {
    const numbers = this.#numbers;
    if (typeof event === "string") this.#step([event], index);
    else
      switch (event.kind) {
        case "step":
          this.#step(distinctOfStep(event.adapters, this.#cache.maxLoras), index);
          break;
        case "load":
          this.#use(numbers.load(event.adapter), { event: index, by: "load", entered: false });
          break;
        case "reload":
          this.#use(numbers.of(event.adapter), { event: index, by: "reload", entered: false });
          break;
        case "unload":
          numbers.unload(event.adapter);
          break;
        case "remove":
          this.#remove(event.adapter);
          break;
        case "restart":
          this.#restart();
          break;
      }
  }

  result(): Replay {
    return {
      ...this.#cache.totals(),
      touches: this.#touches.length,
      loads: this.#touches.filter(({ by }) => by !== "step").length,
      gpuEntries: this.#touches.filter(({ source, entered }) => source === "gpu" && entered).length,
      perEvent: this.#touches,
    };
  }

  #step(adapters: readonly string[], event: number): void {
    for (const adapter of this.#inOrder(adapters))
      this.#use(this.#numbers.of(adapter), { event, by: "step", entered: !this.#stepBefore.has(adapter) });
    this.#stepBefore = new Set(adapters);
  }

  #remove(adapter: string): void {
    const number = this.#numbers.of(adapter);
    this.#numbers.unload(adapter);
    this.#touchedAt.delete(number);
    this.#cache.remove(number);
  }

  #restart(): void {
    this.#numbers.restart();
    this.#touchedAt.clear();
    this.#stepBefore = new Set();
    this.#cache.restart();
  }

  #inOrder(adapters: readonly string[]): readonly string[] {
    if (adapters.length < 2 || this.#order === "given") return adapters;
    if (typeof this.#order === "function") return this.#order(adapters);
    const rank = (adapter: string) => this.#touchedAt.get(this.#numbers.of(adapter)) ?? -1;
    const recentFirst = [...adapters].sort((a, b) => rank(b) - rank(a));
    return this.#order === "recent-first" ? recentFirst : recentFirst.reverse();
  }

  #use(number: number, about: Pick<ReplayedTouch, "event" | "by" | "entered">): void {
    const cache = this.#cache;
    const code: SourceCode = about.by === "reload" ? cache.reload(number) : cache.touch(number);
    this.#touchedAt.set(number, this.#touches.length);
    this.#touches.push({
      ...about,
      adapter: this.#numbers.nameOf(number) ?? "",
      source: SOURCES[code],
      evicted: { gpu: this.#numbers.nameOf(cache.evictedGpu), cpu: this.#numbers.nameOf(cache.evictedCpu) },
    });
  }
}
