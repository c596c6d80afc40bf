import type { Arrival } from "#lib/lora-cache/bursty-trace.ts";
import { Admission } from "../admission.ts";
import type { NodeSlots, PoolRules } from "../ask.ts";
import { EngineModel } from "./engine-model.ts";
import { VirtualClock } from "./virtual-clock.ts";

export type Played = {
  /** Latency of each answered request, in arrival order; null = refused. */
  latencies: { tenant: number; ms: number | null; waitedMs: number; heldMs: number }[];
  swaps: number;
};
export type Fleet = { nodes: number; maxLoras: number; maxCpuLoras: number; maxInFlight: number };
export const FLEET: Fleet = { nodes: 2, maxLoras: 12, maxCpuLoras: 48, maxInFlight: 256 };
export const POOL: PoolRules = { poolId: "pool", maxBatchWaitMs: 50, queueMax: 512, saturationWaitMs: 5_000 };

const nameOf = (tenant: number) => `tenant-${tenant}`;

function world(fleet: Fleet, trace: readonly Arrival[]) {
  const clock = new VirtualClock();
  const loaded = [...new Set(trace.map(({ tenant }) => nameOf(tenant)))].sort();
  const engines = new Map<string, EngineModel>(
    Array.from({ length: fleet.nodes }, (_, at) => [`node-${at}`, new EngineModel(clock, fleet, loaded)] as const),
  );
  return {
    clock,
    engines,
    swaps: () => [...engines.values()].reduce((sum, { swaps }) => sum + swaps.cpu + swaps.disk, 0),
  };
}

/** The usual routing: every request goes at once to the node with the fewest in flight, taking turns among equals. */
export function playLeastConnections(trace: readonly Arrival[], fleet: Fleet = FLEET): Played {
  const { clock, engines, swaps } = world(fleet, trace);
  const all = [...engines.values()];
  const latencies: Played["latencies"] = [];
  let turn = 0;
  for (const arrival of trace) {
    clock.advanceTo(arrival.atMs);
    turn += 1;
    const node = all.reduce<EngineModel | null>((best, _, at) => {
      const one = all[(at + turn) % all.length];
      return one && (best === null || one.inFlight < best.inFlight) ? one : best;
    }, null);
    const line = { tenant: arrival.tenant, ms: Number.NaN as number | null, waitedMs: 0, heldMs: 0 };
    latencies.push(line);
    const done = () => {
      line.ms = clock.now() - arrival.atMs;
    };
    node?.submit({ ...arrival, name: nameOf(arrival.tenant), done });
  }
  clock.advanceTo(Number.POSITIVE_INFINITY);
  return { latencies, swaps: swaps() };
}

/** The same through admission. */
export function playAdmission(
  trace: readonly Arrival[],
  options: { fleet?: Fleet; pool?: Partial<PoolRules>; maxWaitMs?: number } = {},
): Played {
  const fleet = options.fleet ?? FLEET;
  const { clock, engines, swaps } = world(fleet, trace);
  const admission = new Admission(clock);
  const nodes = [...engines.keys()];
  const slots = nodes.map((nodeId): NodeSlots => ({ nodeId, poolId: "pool", epoch: 1, ...fleet }));
  admission.configure(slots, [{ ...POOL, ...options.pool }]);
  const latencies: Played["latencies"] = [];
  for (const arrival of trace) {
    clock.advanceTo(arrival.atMs);
    const line = { tenant: arrival.tenant, ms: null as number | null, waitedMs: 0, heldMs: 0 };
    latencies.push(line);
    const name = nameOf(arrival.tenant);
    admission.enter(
      {
        tenantId: name,
        weight: 1,
        priority: "user",
        poolId: "pool",
        name,
        nodes,
        tokens: arrival.promptTokens + arrival.outputTokens,
        maxWaitMs: options.maxWaitMs ?? 60_000,
        refresh: () => nodes,
      },
      (result) => {
        if (!("nodeId" in result)) return;
        line.waitedMs = result.queuedMs;
        line.heldMs = result.heldMs;
        const done = () => {
          line.ms = clock.now() - arrival.atMs;
          result.release();
        };
        engines.get(result.nodeId)?.submit({ ...arrival, name, done });
      },
    );
  }
  clock.advanceTo(Number.POSITIVE_INFINITY);
  return { latencies, swaps: swaps() };
}

/** @param share 0.95 = p95 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
