import { LLAMA_8B } from "#lib/pools/testing/llama-8b.ts";
import type { NodeFacts, NodeTrace, PoolFacts } from "../pool-facts.ts";

export const NOW = new Date("2026-11-25T12:05:00.000Z");
export const FROM = new Date("2026-11-25T12:00:00.000Z");

/** A quiet node: twelve slots, nothing lost, nothing read from disk. */
export const nodeFacts = (change: Partial<NodeFacts> = {}): NodeFacts => ({
  id: "node_1",
  name: "a100-1",
  cordoned: false,
  simulated: true,
  gpu: "A100-SXM4-80GB",
  pricePerHour: 0.82,
  conditions: [],
  report: [],
  slots: 12,
  cpuPlaces: 48,
  scrapedAt: NOW,
  evictions: { value: 0, source: "measured" },
  diskReads: { value: 0, source: "measured" },
  loaded: { now: 40, peak: 40 },
  unlisted: 0,
  trace: null,
  batches: [],
  ...change,
});

/** The mission's pool as it should be: 40 tenants of rank 16 on two nodes. */
export const poolFacts = (change: Partial<PoolFacts> = {}, pool: Partial<PoolFacts["pool"]> = {}): PoolFacts => ({
  now: NOW,
  from: FROM,
  to: NOW,
  pool: {
    id: "pool_1",
    name: "Llama 8B",
    baseModel: "meta-llama/Llama-3.1-8B-Instruct",
    baseShapes: LLAMA_8B,
    dtype: "bfloat16",
    maxModelLen: 8192,
    maxLoras: 12,
    maxLoraRank: 16,
    maxCpuLoras: 48,
    adapterCount: 40,
    gpuMemoryUtilization: 0.9,
    fallback: "base_model",
    maxBatchWaitMs: 20,
    generation: 1,
    ...pool,
  },
  settings: { evictionAlertThreshold: 50, healthCheckInterval: 10 },
  tenants: 40,
  rejecting: 0,
  live: Array.from({ length: 40 }, () => ({ rank: 16, targetModules: ["q_proj", "v_proj"] })),
  highestRank: 16,
  nodes: [nodeFacts(), nodeFacts({ id: "node_2", name: "a100-2" })],
  rejected: [],
  judged: [],
  ...change,
});

/** Tenants that ask one after the other, round and round, a request each 200 ms, from a minute before the window on. */
export function roundRobin(tenants: number): NodeTrace {
  const from = FROM.getTime() - 60_000;
  const names = Array.from({ length: tenants }, (_, index) => `t${index}--bot--v1`);
  const requests = Array.from({ length: (NOW.getTime() - from) / 200 }, (_, index) => ({
    id: `request-${index}`,
    loraName: names[index % tenants] ?? null,
    arrivedMs: from + index * 200,
    endedMs: from + index * 200 + 150,
  }));
  return { requests, acts: [], tenantOf: new Map(names.map((name, index) => [name, `ten_${index}`])) };
}
