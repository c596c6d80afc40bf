import * as z from "zod";
import { IsoTime, PageQuery } from "#lib/http/schema.ts";

export const SERVICE_STATES = [
  "healthy",
  "degraded",
  "on_fallback",
  "not_serving",
  "not_live_yet",
  "suspended",
  "unknown",
] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

/** Why a service is in its state: a stable code for code, a sentence for people. */
export const HealthReasonSchema = z.object({ code: z.string(), message: z.string() });
export type HealthReason = z.infer<typeof HealthReasonSchema>;

const healthFields = {
  state: z.enum(SERVICE_STATES),
  /** The whole answer in one sentence. */
  sentence: z.string(),
  /** Since when it has been so; null = we cannot tell. */
  since: IsoTime.nullable(),
  /** The newest evidence the answer rests on; null = there is none. */
  checkedAt: IsoTime.nullable(),
  reasons: z.array(HealthReasonSchema),
};

/** The health of one adapter's route. */
export const RouteHealthSchema = z.object({
  ...healthFields,
  tenantId: z.string(),
  adapterId: z.string(),
  adapterSlug: z.string(),
  liveVersionId: z.string().nullable(),
  liveVersionNumber: z.number().int().nullable(),
  liveSince: IsoTime.nullable(),
  /** Nodes that can serve the live version now; null = a customer's view, which does not count nodes. */
  routableNodes: z.number().int().nullable(),
  /** Latest p95 of the route's own requests over the last 5 minutes; null = none. */
  p95Ms: z.number().nullable(),
  /** Share of the last 5 minutes' answers that came from something else than the route's own target; null = none. */
  fallbackShare: z.number().nullable(),
  requestCount: z.number().int(),
});
export type RouteHealth = z.infer<typeof RouteHealthSchema>;

/** A tenant shows its worst route. */
export const TenantHealthSchema = z.object({
  ...healthFields,
  tenantId: z.string(),
  tenantSlug: z.string(),
  tenantName: z.string(),
  routes: z.array(RouteHealthSchema),
});
export type TenantHealth = z.infer<typeof TenantHealthSchema>;

export const TenantHealthQuery = PageQuery.extend({ tenantId: z.string().max(64).optional() });
export type TenantHealthQuery = z.infer<typeof TenantHealthQuery>;
