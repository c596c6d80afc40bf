import * as z from "zod";
import { BulkItemSchema, BulkTotalsSchema } from "#lib/fleet/browser/bulk-schema.ts";
import { MemoryMeasurementSchema } from "#lib/pools/browser/memory-schema.ts";

export const GateTotalsSchema = BulkTotalsSchema.extend({
  /** Questions to the gateway in all. */
  calls: MemoryMeasurementSchema,
  /** Of asking them, once everything is loaded; runs go one after the other. */
  asking: MemoryMeasurementSchema,
});

export const GatePreviewSchema = z.object({ items: z.array(BulkItemSchema), totals: GateTotalsSchema });
export type GatePreview = z.infer<typeof GatePreviewSchema>;
