import * as z from "zod";
import { MeasurementSchema } from "#lib/http/schema.ts";
import { MAX_SWAP_RANGE_SECONDS } from "./swap-limits.ts";

/** Whose weights: names that nobody here gave have no tenant. */
const SwappedAdapterSchema = z.object({
  loraName: z.string(),
  tenantId: z.string().nullable(),
  tenantSlug: z.string().nullable(),
  adapterSlug: z.string().nullable(),
  versionNumber: z.number().int().nullable(),
});
export type SwappedAdapter = z.infer<typeof SwappedAdapterSchema>;

export const SWAP_CAUSES = ["request", "load"] as const;

/** Weights that were brought in, and whose had to go for them. */
export const SwapSchema = z.object({
  at: z.iso.datetime(),
  adapter: SwappedAdapterSchema,
  by: z.enum(SWAP_CAUSES),
  from: z.enum(["cpu", "disk"]),
  evicted: z.object({ gpu: SwappedAdapterSchema.nullable(), cpu: SwappedAdapterSchema.nullable() }),
});
export type Swap = z.infer<typeof SwapSchema>;

export const SwapRangeQuery = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** How long before `to` the range begins, where there is no `from`. */
  minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_SWAP_RANGE_SECONDS / 60)
    .default(60),
});
export type SwapRangeQuery = z.infer<typeof SwapRangeQuery>;
export const SwapsQuery = SwapRangeQuery.extend({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** `nextCursor` of the page before; the range stays as it was asked for. */
  cursor: z.string().max(300).optional(),
});
export type SwapsQuery = z.infer<typeof SwapsQuery>;

export const NodeSwapsSchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Newest first, at most as many as asked for; the counts are of the whole range. */
  items: z.array(SwapSchema),
  nextCursor: z.string().nullable(),
  /** How many there are in the range. */
  total: z.number().int(),
  evictions: z.object({ gpu: MeasurementSchema, cpu: MeasurementSchema }),
  swaps: z.object({ cpu: MeasurementSchema, disk: MeasurementSchema }),
  /** Requests whose adapter was in its slot when it came into the batch. */
  hits: MeasurementSchema,
  /** The most different adapters that were asked for at the same moment, beside the slots there are. */
  peak: z.object({ adapters: MeasurementSchema, slots: z.number().int() }),
  /** What weakens the figures; null = nothing known does. */
  note: z.string().nullable(),
});
export type NodeSwaps = z.infer<typeof NodeSwapsSchema>;
