import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { JOB_ITEMS_MAX } from "#lib/jobs/schema.ts";
import { MemoryMeasurementSchema } from "#lib/pools/browser/memory-schema.ts";
import { AdapterFilterSchema } from "#lib/registry/browser/adapter-query.ts";

/** What an action on many works on: exactly one of the three. */
export const BulkChoice = z.strictObject({
  versionIds: z.array(idOf("ver")).min(1).max(JOB_ITEMS_MAX).optional(),
  /** Each one's newest ready version. */
  adapterIds: z.array(idOf("adp")).min(1).max(JOB_ITEMS_MAX).optional(),
  /** The same as of `GET /adapters`: each matching adapter's newest ready version. */
  filter: AdapterFilterSchema.optional(),
});
export type BulkChoice = z.output<typeof BulkChoice>;

/** What would become of one version. */
export const BulkItemSchema = z.object({
  versionId: idOf("ver"),
  adapterId: idOf("adp"),
  tenantId: idOf("ten"),
  /** `<tenant>/<adapter> v<N>`. */
  label: z.string(),
  /** false = it is left as it is, for the reason. */
  act: z.boolean(),
  reason: z.string(),
  fix: z.string().nullable(),
});
export type BulkItem = z.infer<typeof BulkItemSchema>;

/** What one node would hold once everything that is chosen is on it. */
export const NodeForecastSchema = z.object({
  nodeId: idOf("node"),
  nodeName: z.string(),
  standalone: z.boolean(),
  /** Versions it would load, and their bytes. */
  loads: z.number().int(),
  bytes: z.number().int(),
  /** Versions in the engine's memory now: wanted, loaded, or unloaded but still resident. */
  residentNow: z.number().int(),
  /** The same at the peak of this action. */
  residentPeak: z.number().int(),
  /** CPU cache places (`max_cpu_loras`). */
  places: z.number().int(),
  /** GPU slots (`max_loras`). */
  slots: z.number().int(),
  /** One load after the other. */
  loadTime: MemoryMeasurementSchema,
});
export type NodeForecast = z.infer<typeof NodeForecastSchema>;

export const BulkTotalsSchema = z.object({
  act: z.number().int(),
  skip: z.number().int(),
  /** Adapters that the filter matches and that have no ready version. */
  withoutReady: z.number().int(),
  /** Bytes that nodes fetch onto disks of their own; a shared directory is read where it is. */
  copied: MemoryMeasurementSchema,
  /** Bytes that engines read into memory. */
  loaded: MemoryMeasurementSchema,
  /** Until the slowest node is done; nodes load side by side. */
  duration: MemoryMeasurementSchema,
  /** The nodes' time at their prices. */
  cost: MemoryMeasurementSchema,
  nodes: z.array(NodeForecastSchema),
  /** What does not fit, in words. */
  warnings: z.array(z.string()),
});
export type BulkTotals = z.infer<typeof BulkTotalsSchema>;

export const StagePreviewSchema = z.object({ items: z.array(BulkItemSchema), totals: BulkTotalsSchema });
export type StagePreview = z.infer<typeof StagePreviewSchema>;
