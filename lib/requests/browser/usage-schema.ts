import * as z from "zod";
import { IsoTime, MEASUREMENT_SOURCES } from "#lib/http/schema.ts";
import { VIAS } from "../schema.ts";

export const USAGE_GROUPS = ["version", "tenant", "day", "via"] as const;

export const UsageQuery = z.object({
  /** Whole minutes; without a range the last 24 hours. */
  from: IsoTime.optional(),
  to: IsoTime.optional(),
  tenantId: z.string().max(64).optional(),
  groupBy: z.enum(USAGE_GROUPS).default("version"),
});
export type UsageQuery = z.output<typeof UsageQuery>;

/** At most 5 % (or 0.1 ms) off; null = nothing was counted. */
const QuantilesSchema = z.object({
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  /** Values behind them. */
  count: z.number().int(),
});
export type Quantiles = z.infer<typeof QuantilesSchema>;

/** Customers' requests of one group; what it is grouped by is filled, the rest is null. */
export const UsageGroupSchema = z.object({
  tenantId: z.string().nullable(),
  tenantSlug: z.string().nullable(),
  adapterId: z.string().nullable(),
  adapterSlug: z.string().nullable(),
  versionId: z.string().nullable(),
  versionNumber: z.number().int().nullable(),
  /** Start of a UTC day. */
  day: IsoTime.nullable(),
  via: z.enum(VIAS).nullable(),
  requests: z.number().int(),
  /** 500 or more; 400 to 499, shed ones aside; 429. */
  failed: z.number().int(),
  refused: z.number().int(),
  shed: z.number().int(),
  fallbacks: z.number().int(),
  promptTokens: z.number().int(),
  completionTokens: z.number().int(),
  /** Answered requests whose tokens nobody told: the sums above are without them. */
  uncounted: z.number().int(),
  latencyMs: QuantilesSchema,
  ttftMs: QuantilesSchema,
  /** Between the pieces of a stream. */
  interTokenMs: QuantilesSchema,
  queuedMs: QuantilesSchema,
});
export type UsageGroup = z.infer<typeof UsageGroupSchema>;

export const UsageSchema = z.object({
  from: IsoTime,
  to: IsoTime,
  groupBy: z.enum(USAGE_GROUPS),
  source: z.enum(MEASUREMENT_SOURCES),
  simulated: z.boolean(),
  /** When the newest request that is counted ended; null = none did. */
  asOf: IsoTime.nullable(),
  /** Most requests first; days in order. */
  items: z.array(UsageGroupSchema),
  /** Groups there are; more than `items` when the answer was cut. */
  groups: z.number().int(),
});
export type Usage = z.infer<typeof UsageSchema>;
