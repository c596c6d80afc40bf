import * as z from "zod";
import { IsoTime, MeasurementSchema } from "#lib/http/schema.ts";

/** What gateways see at this moment: unknown (null) while none reports. */
const live = { inFlight: MeasurementSchema, queued: MeasurementSchema, oldestWaitMs: MeasurementSchema };

/** Customers' requests of the last 5 minutes, exact, from the gateways' own traces. */
const recent = {
  requestsPerMinute: MeasurementSchema,
  /** Over answered requests, ms; null = there were none. */
  p95Ms: MeasurementSchema,
  /** Written to customers. */
  tokensPerSecond: MeasurementSchema,
  /** Turned away with 429. */
  shed: MeasurementSchema,
  fallbacks: MeasurementSchema,
  /** Answered with 500 or more. */
  failed: MeasurementSchema,
};

const AdapterInFlightSchema = z.object({
  loraName: z.string(),
  /** "support v3 of acme", or the name of a base model. */
  label: z.string(),
  inFlight: z.number().int(),
});

export const NodeTrafficSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  poolId: z.string(),
  poolName: z.string(),
  /** Gateways that reach it, out of those that report it. */
  reachable: z.object({ by: z.number().int(), of: z.number().int() }),
  /** The worst that any gateway holds against it; null = none reports it. */
  breaker: z.enum(["closed", "half_open", "open"]).nullable(),
  inFlight: MeasurementSchema,
  /** Most requests first. */
  adapters: z.array(AdapterInFlightSchema),
  /** Different adapters among the requests in flight, against the slots for them. */
  adaptersInFlight: MeasurementSchema,
  slots: z.number().int(),
  ...recent,
});
export type NodeTraffic = z.infer<typeof NodeTrafficSchema>;

export const PoolTrafficSchema = z.object({
  poolId: z.string(),
  name: z.string(),
  queued: MeasurementSchema,
  oldestWaitMs: MeasurementSchema,
  /** Requests go where their tenant's fallback says; null = no gateway reports. */
  isSaturated: z.boolean().nullable(),
  /** Since the gateways started. */
  shed: z.array(z.object({ reason: z.string(), count: z.number().int() })),
});

export const TenantTrafficSchema = z.object({
  tenantId: z.string(),
  slug: z.string(),
  name: z.string(),
  ...live,
  ...recent,
  /** It is answered by something else right now; null = it is not, or nobody knows. */
  onFallback: z.object({ since: IsoTime, sentence: z.string() }).nullable(),
});
export type TenantTraffic = z.infer<typeof TenantTrafficSchema>;

/** The live view of all gateways together. */
export const TrafficSchema = z.object({
  gateways: z.object({
    /** Reported within the last 6 s. */
    live: z.number().int(),
    /** Reported within the last minute. */
    known: z.number().int(),
    items: z.array(
      z.object({
        id: z.string(),
        isLive: z.boolean(),
        startedAt: IsoTime,
        seenAt: IsoTime,
        /** When the routing it goes by was read. */
        snapshotAt: IsoTime.nullable(),
        /** Traces that wait to be stored. */
        tracesPending: z.number().int().nullable(),
      }),
    ),
  }),
  /** The newest report; null = no gateway ever reported. */
  asOf: IsoTime.nullable(),
  /** No gateway reported within three of its intervals. */
  isStale: z.boolean(),
  windowSeconds: z.number().int(),
  totals: z.object({ ...live, ...recent }),
  nodes: z.array(NodeTrafficSchema),
  pools: z.array(PoolTrafficSchema),
  /** Tenants with traffic in the window or at this moment, busiest first. */
  tenants: z.array(TenantTrafficSchema),
  /** Candidate versions that gateways send nothing to after failures in a row. */
  openVersions: z.array(z.string()),
});
export type Traffic = z.infer<typeof TrafficSchema>;
