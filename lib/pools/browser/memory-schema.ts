import * as z from "zod";
import { FigureSchema, idOf } from "#lib/http/schema.ts";

/** A figure with how it was computed, for whoever asks where it comes from. */
export const MemoryFigureSchema = z.object({
  figure: FigureSchema,
  formula: z.string(),
  /** A caveat; null = none. */
  note: z.string().nullable(),
});
export type MemoryFigure = z.infer<typeof MemoryFigureSchema>;

/** What raising the pool's rank to the next one that vLLM takes would cost; null = there is no higher one. */
export const HigherRankSchema = z.object({
  rank: z.number().int(),
  /** One slot then. */
  slot: MemoryFigureSchema,
  /** What all slots of all serving nodes would take more. */
  extra: MemoryFigureSchema,
  extraCost: MemoryFigureSchema,
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
  slot: MemoryFigureSchema,
  /** Its own weights at its own rank, on the GPU. */
  real: MemoryFigureSchema,
  /** The same modules at the pool's rank. */
  padded: MemoryFigureSchema,
  /** padded less real. */
  waste: MemoryFigureSchema,
  wasteShare: MemoryFigureSchema,
  /** What is left of its slot for modules it does not touch. */
  untouched: MemoryFigureSchema,
  /** Its copy in one node's CPU cache, which keeps its own rank. */
  host: MemoryFigureSchema,
  /** One slot on every serving node, a month. */
  slotCost: MemoryFigureSchema,
  wasteCost: MemoryFigureSchema,
  higherRank: HigherRankSchema.nullable(),
});
export type VersionMemory = z.infer<typeof VersionMemorySchema>;

export const PoolMemorySchema = z.object({
  poolId: idOf("pool"),
  rank: z.number().int(),
  /** Nodes that serve customers. */
  nodes: z.number().int(),
  slot: MemoryFigureSchema,
  /** All slots of one node. */
  slots: MemoryFigureSchema,
  /** The CPU cache of one node, at most. */
  host: MemoryFigureSchema,
  /** Mean over live versions, by rank. */
  wasteShare: MemoryFigureSchema,
  /** That share of one node's slots. */
  waste: MemoryFigureSchema,
  /** Slots of all serving nodes, a month. */
  cost: MemoryFigureSchema,
  wasteCost: MemoryFigureSchema,
  /** Ranks of live versions, the lowest first. */
  ranks: z.array(z.object({ rank: z.number().int(), versions: z.number().int() })),
  higherRank: HigherRankSchema.nullable(),
});
export type PoolMemory = z.infer<typeof PoolMemorySchema>;
