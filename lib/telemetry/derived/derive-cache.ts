import { type CacheLimits, resolveLimits } from "#lib/lora-cache/limits.ts";
import { replay } from "#lib/lora-cache/replay.ts";
import type { CacheEvent } from "#lib/lora-cache/trace.ts";
import type { Source } from "#lib/lora-cache/two-tier-cache.ts";
import { type NodeAct, type NodeRequest, nodeTimeline } from "./node-timeline.ts";

/** One adapter that had to be fetched, or that was there when its first request came. */
export type DerivedUse = {
  atMs: number;
  adapter: string;
  by: "request" | "load";
  /** Where its weights came from. */
  source: Source;
  /** Who had to go for it. */
  evicted: { gpu: string | null; cpu: string | null };
};

export type DerivedCache = {
  /** In order of time; uses within a group that runs already are left out. */
  uses: DerivedUse[];
  /**
   * From here on the figures are exact for this order of events: before it, adapters may lie in the tiers that nobody saw
   * come in. null = not settled yet.
   */
  settledMs: number | null;
};

/**
 * What is known of the tiers before the first event: `empty` = the process began with it; names = these lie in host memory,
 * and nothing else does; `unknown` = anything may.
 */
export type CacheBefore = "empty" | "unknown" | readonly string[];

/** What vLLM's two tiers did on one node during one of its lives, from its requests and loads alone. */
export function deriveCache(
  requests: readonly NodeRequest[],
  acts: readonly NodeAct[],
  limits: CacheLimits,
  before: CacheBefore,
): DerivedCache {
  const { maxLoras, maxCpuLoras } = resolveLimits(limits);
  const seeds = typeof before === "string" ? [] : before.map((adapter) => ({ kind: "load" as const, adapter }));
  if (seeds.length > maxCpuLoras) throw new RangeError(`${seeds.length} adapters cannot lie in ${maxCpuLoras} places`);
  const timeline = nodeTimeline(requests, acts, maxLoras);
  const { perEvent } = replay([...seeds, ...timeline.map(({ event }) => event)], limits);
  const settling = new Settling(before, maxLoras, maxCpuLoras);
  const restarts = timeline.flatMap(({ atMs, event }) => (isRestart(event) ? [atMs] : []));
  const uses: DerivedUse[] = [];
  for (const { event, by, adapter, source, entered, evicted } of perEvent) {
    const atMs = timeline[event - seeds.length]?.atMs;
    if (atMs === undefined) continue;
    settling.see(adapter, atMs, restarts);
    if (by === "step" && !entered && source === "gpu") continue;
    uses.push({ atMs, adapter, by: by === "step" ? "request" : "load", source, evicted });
  }
  return { uses, settledMs: settling.settledMs };
}

const isRestart = (event: CacheEvent): boolean => typeof event !== "string" && event.kind === "restart";

/** Since when nobody can be in the tiers who was not seen to come in. */
class Settling {
  settledMs: number | null = null;
  /** So many different adapters push out whoever was there before. */
  readonly #needed: number;
  readonly #seen = new Set<string>();

  constructor(before: CacheBefore, maxLoras: number, maxCpuLoras: number) {
    this.#needed = before === "empty" ? 0 : before === "unknown" ? maxCpuLoras : maxLoras;
  }

  see(adapter: string, atMs: number, restarts: readonly number[]): void {
    if (this.settledMs !== null) return;
    const emptied = restarts.find((at) => at <= atMs);
    if (emptied !== undefined) this.settledMs = emptied;
    else if (this.#seen.size >= this.#needed) this.settledMs = atMs;
    this.#seen.add(adapter);
  }
}

/** Sums over a stretch of time. */
export type DerivedCounts = {
  evictions: { gpu: number; cpu: number };
  /** By where the weights were when a request's adapter entered the batch; `gpu` = they were in their slot. */
  swaps: { gpu: number; cpu: number; disk: number };
};

export function countUses(uses: readonly DerivedUse[]): DerivedCounts {
  const counts = { evictions: { gpu: 0, cpu: 0 }, swaps: { gpu: 0, cpu: 0, disk: 0 } };
  for (const { source, evicted } of uses) {
    counts.swaps[source] += 1;
    if (evicted.gpu !== null) counts.evictions.gpu += 1;
    if (evicted.cpu !== null) counts.evictions.cpu += 1;
  }
  return counts;
}
