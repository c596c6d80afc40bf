import * as z from "zod";
import { IsoTime, idOf, MeasurementSchema } from "#lib/http/schema.ts";

export const TenantRankQuery = z.object({
  /** Without a range the last hour. */
  from: IsoTime.optional(),
  to: IsoTime.optional(),
  limit: z.coerce.number().int().min(1).max(50).default(5),
});
export type TenantRankQuery = z.infer<typeof TenantRankQuery>;

export const RankedTenantSchema = z.object({
  tenantId: idOf("ten"),
  tenantName: z.string(),
  /** End to end, of all answered requests of the range, in ms. */
  p95: MeasurementSchema,
  /** The accepted end-to-end p95 of the tenant, in ms; null = there is no such objective. */
  objectiveMs: z.number().nullable(),
  /** p95 as a multiple of it, in "×"; null = there is no such objective. */
  overObjective: MeasurementSchema.nullable(),
  requests: MeasurementSchema,
  fallbackShare: MeasurementSchema,
  /** The p95 rests on fewer than 100 requests. */
  isLowSample: z.boolean(),
});
export type RankedTenant = z.infer<typeof RankedTenantSchema>;

export const TenantRankingSchema = z.object({
  from: IsoTime,
  to: IsoTime,
  /** The worst first, at most as many as asked for. */
  items: z.array(RankedTenantSchema),
  /** Tenants that sent a request in the range. */
  seen: z.number().int(),
});
export type TenantRanking = z.infer<typeof TenantRankingSchema>;
