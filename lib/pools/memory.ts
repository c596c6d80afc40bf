import type { Measurement } from "#lib/http/schema.ts";
import type { BaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import { adapterBytes, nextRank } from "./adapter-bytes.ts";
import type { HigherRank, MemoryMeasurement, PoolMemory, VersionMemory } from "./browser/memory-schema.ts";
import { gpuMemoryBytes } from "./gpu-memory.ts";
import type { PoolDtype } from "./schema.ts";
import { slotBytes } from "./slot-bytes.ts";

/** 730 hours: 365 days of 24 hours, by twelve. */
export const HOURS_A_MONTH = 730;

export type MemoryPool = {
  id: string;
  baseShapes: BaseShapes | null;
  dtype: PoolDtype;
  maxLoras: number;
  maxLoraRank: number;
  maxCpuLoras: number;
};
/** A node that serves customers. */
export type MemoryNode = { gpu: string | null; pricePerHour: number | null; simulated: boolean };
export type MemoryVersion = { id: string; rank: number | null; targetModules: readonly string[] };

const ONE_GPU = "For one GPU a node. Tensor parallelism splits about half of it, with --fully-sharded-loras all.";
const PRICE_SOURCE = "Price: what was entered as each node's price an hour; GPU memory by the name of its GPU.";

type Value = number | null;
type Coverage = Measurement["coverage"];
const times = (a: Value, b: Value): Value => (a === null || b === null ? null : a * b);
const minus = (a: Value, b: Value): Value => (a === null || b === null ? null : a - b);

function measurers(nodes: readonly MemoryNode[], asOf: string) {
  const simulated = nodes.some((node) => node.simulated);
  const make = (value: Value, unit: string, isBorn: boolean, coverage: Coverage = null): Measurement => ({
    value,
    unit,
    source: "derived",
    simulated: isBorn,
    asOf,
    coverage,
  });
  return {
    /** Computed from settings and shapes, which no simulation bears. */
    bytes: (value: Value, formula: string, note: string | null = null): MemoryMeasurement => ({
      figure: make(value, "bytes", false),
      formula,
      note,
    }),
    share: (value: Value, formula: string, coverage: Coverage = null): MemoryMeasurement => ({
      figure: make(value, "ratio", false, coverage),
      formula,
      note: null,
    }),
    /** Money a month for so many bytes on each node. */
    money: (bytesPerNode: Value, what: string): MemoryMeasurement => {
      const { value, seen } = monthlyPrice(bytesPerNode, nodes);
      return {
        figure: make(value, "USD/month", simulated, { seen, of: nodes.length }),
        formula: `Σ nodes (${what} ÷ GPU memory × price an hour × ${HOURS_A_MONTH} h)`,
        note: PRICE_SOURCE,
      };
    },
  };
}

/** Summed over the nodes whose GPU and price are known; null when that is none of them. */
export function monthlyPrice(
  bytesPerNode: number | null,
  nodes: readonly MemoryNode[],
): { value: number | null; seen: number } {
  const prices = nodes.flatMap(({ gpu, pricePerHour }) => {
    const memory = gpuMemoryBytes(gpu);
    return memory === null || pricePerHour === null ? [] : [(pricePerHour * HOURS_A_MONTH) / memory];
  });
  if (bytesPerNode === null || prices.length === 0) return { value: null, seen: prices.length };
  return { value: bytesPerNode * prices.reduce((sum, price) => sum + price, 0), seen: prices.length };
}

const SLOT_FORMULA = (rank: number) => `rank ${rank} × Σ modules (in + out) × bytes of the dtype`;

function higherRank(pool: MemoryPool, nodes: readonly MemoryNode[], asOf: string): HigherRank | null {
  const rank = nextRank(pool.maxLoraRank);
  if (rank === null) return null;
  const { bytes, money } = measurers(nodes, asOf);
  const then = slotBytes({ ...pool, maxLoraRank: rank });
  const perNode = times(minus(then, slotBytes(pool)), pool.maxLoras);
  return {
    rank,
    slot: bytes(then, SLOT_FORMULA(rank), ONE_GPU),
    extra: bytes(
      times(perNode, nodes.length),
      `(slot at rank ${rank} − slot at rank ${pool.maxLoraRank}) × ${pool.maxLoras} slots × ${nodes.length} nodes`,
      ONE_GPU,
    ),
    extraCost: money(perNode, "what its slots take more"),
  };
}

/** What one version takes on a node of its pool, and how much of that is padding (vllm.md §4.6). */
export function versionMemory(
  pool: MemoryPool,
  version: MemoryVersion,
  nodes: readonly MemoryNode[],
  asOf: string,
): VersionMemory {
  const { bytes, share, money } = measurers(nodes, asOf);
  const { rank, targetModules } = version;
  const bytesAt = (at: number | null) => (at === null ? null : adapterBytes({ ...pool, rank: at, targetModules }));
  const slot = slotBytes(pool);
  const real = bytesAt(rank);
  // Above the pool's rank it is not served at all, so nothing of it is padded.
  const padded = rank === null ? null : bytesAt(Math.max(rank, pool.maxLoraRank));
  const waste = minus(padded, real);
  const own = rank === null ? "its rank" : `rank ${rank}`;
  return {
    versionId: version.id,
    poolId: pool.id,
    rank,
    poolRank: pool.maxLoraRank,
    slot: bytes(slot, SLOT_FORMULA(pool.maxLoraRank), ONE_GPU),
    real: bytes(real, `${own} × Σ its modules (in + out) × bytes of the dtype`, ONE_GPU),
    padded: bytes(padded, `rank ${pool.maxLoraRank} × Σ its modules (in + out) × bytes of the dtype`, ONE_GPU),
    waste: bytes(waste, "padded to the pool's rank − its own bytes"),
    wasteShare: share(
      padded === null || waste === null ? null : waste / padded,
      `1 − ${own} ÷ rank ${pool.maxLoraRank}`,
    ),
    untouched: bytes(minus(slot, padded), "slot − its modules at the pool's rank"),
    host: bytes(
      real,
      `${own} × Σ its modules (in + out) × bytes of the dtype`,
      "vLLM's CPU cache keeps it at its own rank.",
    ),
    slotCost: money(slot, "slot"),
    wasteCost: money(waste, "padding"),
    higherRank: higherRank(pool, nodes, asOf),
  };
}

/** What a pool's slots and CPU caches take, how much of it is padding for the versions that are live, and its price. */
export function poolMemory(
  pool: MemoryPool,
  live: readonly Omit<MemoryVersion, "id">[],
  nodes: readonly MemoryNode[],
  asOf: string,
): PoolMemory {
  const { bytes, share, money } = measurers(nodes, asOf);
  const slot = slotBytes(pool);
  const slots = times(slot, pool.maxLoras);
  const ranks = live.flatMap(({ rank }) => (rank === null ? [] : [Math.min(rank, pool.maxLoraRank)]));
  const wasteShare = ranks.length === 0 ? null : mean(ranks.map((rank) => 1 - rank / pool.maxLoraRank));
  const waste = times(slots, wasteShare);
  return {
    poolId: pool.id,
    rank: pool.maxLoraRank,
    nodes: nodes.length,
    slot: bytes(slot, SLOT_FORMULA(pool.maxLoraRank), ONE_GPU),
    slots: bytes(slots, `slot × ${pool.maxLoras} slots`, `vLLM takes it at start, whatever is loaded. ${ONE_GPU}`),
    host: bytes(
      times(slot, pool.maxCpuLoras),
      `slot × ${pool.maxCpuLoras} places`,
      "At most: a copy keeps its adapter's own rank and modules.",
    ),
    wasteShare: share(wasteShare, `mean over live versions (1 − their rank ÷ ${pool.maxLoraRank})`, {
      seen: ranks.length,
      of: live.length,
    }),
    waste: bytes(
      waste,
      "slots of a node × share lost to padding",
      "If every live version is as often in a slot as the others.",
    ),
    cost: money(slots, "slots"),
    wasteCost: money(waste, "padding"),
    ranks: countRanks(live),
    higherRank: higherRank(pool, nodes, asOf),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function countRanks(live: readonly { rank: number | null }[]): PoolMemory["ranks"] {
  const counts = new Map<number, number>();
  for (const { rank } of live) if (rank !== null) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b).map(([rank, versions]) => ({ rank, versions }));
}
