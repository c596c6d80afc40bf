import { deriveCache } from "#lib/telemetry/derived/derive-cache.ts";
import type { Count, NodeFacts, NodeTrace } from "./pool-facts.ts";

/**
 * Evictions and reads from disk of a node that counts neither, worked out from its requests: inferred while something may
 * lie in its tiers that nobody saw come in.
 */
export function derivedCounts(
  trace: NodeTrace,
  { slots, cpuPlaces }: Pick<NodeFacts, "slots" | "cpuPlaces">,
  fromMs: number,
): { evictions: Count; diskReads: Count } {
  const limits = { maxLoras: slots, maxCpuLoras: Math.max(slots, cpuPlaces) };
  const { uses, settledMs } = deriveCache(trace.requests, trace.acts, limits, "unknown");
  const within = uses.filter(({ atMs }) => atMs >= fromMs);
  const source = settledMs !== null && settledMs <= fromMs ? "derived" : "inferred";
  return {
    evictions: { value: within.filter(({ evicted }) => evicted.gpu !== null).length, source },
    diskReads: { value: within.filter((use) => use.source === "disk" && use.by === "request").length, source },
  };
}
