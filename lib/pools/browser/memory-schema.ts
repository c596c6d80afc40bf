import * as z from "zod";
import { idOf, MeasurementSchema } from "#lib/http/schema.ts";

/** A figure with how it was computed, for whoever asks where it comes from. */
export const MemoryMeasurementSchema = z.object({
  figure: MeasurementSchema,
  formula: z.string(),
  /** A caveat; null = none. */
  note: z.string().nullable(),
});
export type MemoryMeasurement = z.infer<typeof MemoryMeasurementSchema>;

/** What raising the pool's rank to the next one that vLLM takes would cost; null = there is no higher one. */
export const HigherRankSchema = z.object({
  rank: z.number().int(),
  /** One slot then. */
  slot: MemoryMeasurementSchema,
  /** What all slots of all serving nodes would take more. */
  extra: MemoryMeasurementSchema,
  extraCost: MemoryMeasurementSchema,
});
export type HigherRank = z.infer<typeof HigherRankSchema>;

/** Memory of one version on each node of its pool. Where it has no rank yet, its own figures are unknown. */
export const VersionMemorySchema = z.object({
  versionId: idOf("ver"),
  poolId: idOf("pool"),
  /** null = not read yet. */
  rank: z.number().int().nullable(),
  poolRank: z.number().int(),
  /** One GPU slot of the pool: what vLLM takes at start, whoever is in it. */
  slot: MemoryMeasurementSchema,
  /** Its own weights at its own rank, on the GPU. */
  real: MemoryMeasurementSchema,
  /** The same modules at the pool's rank. */
  padded: MemoryMeasurementSchema,
  /** padded less real. */
  waste: MemoryMeasurementSchema,
  wasteShare: MemoryMeasurementSchema,
  /** What is left of its slot for modules it does not touch. */
  untouched: MemoryMeasurementSchema,
  /** Its copy in one node's CPU cache, which keeps its own rank. */
  host: MemoryMeasurementSchema,
  /** One slot on every serving node, a month. */
  slotCost: MemoryMeasurementSchema,
  wasteCost: MemoryMeasurementSchema,
  higherRank: HigherRankSchema.nullable(),
});
export type VersionMemory = z.infer<typeof VersionMemorySchema>;

export const PoolMemorySchema = z.object({
  poolId: idOf("pool"),
  rank: z.number().int(),
  /** Nodes that serve customers. */
  nodes: z.number().int(),
  slot: MemoryMeasurementSchema,
  /** All slots of one node. */
  slots: MemoryMeasurementSchema,
  /** The CPU cache of one node, at most. */
  host: MemoryMeasurementSchema,
  /** Mean over live versions, by rank. */
  wasteShare: MemoryMeasurementSchema,
  /** That share of one node's slots. */
  waste: MemoryMeasurementSchema,
  /** Slots of all serving nodes, a month. */
  cost: MemoryMeasurementSchema,
  wasteCost: MemoryMeasurementSchema,
  /** Ranks of live versions, the lowest first. */
  ranks: z.array(z.object({ rank: z.number().int(), versions: z.number().int() })),
  higherRank: HigherRankSchema.nullable(),
});
export type PoolMemory = z.infer<typeof PoolMemorySchema>;
