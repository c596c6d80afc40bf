import * as z from "zod";

/** What a gateway says of itself every 2 s: its own view, of this moment. Times and counts are its own. */
export const GatewayReportSchema = z.object({
  nodes: z.array(
    z.object({
      nodeId: z.string(),
      /** The last health check or connection succeeded. */
      isUp: z.boolean(),
      breaker: z.enum(["closed", "open", "half_open"]),
      /** Requests it is answering for this gateway. */
      inFlight: z.number().int(),
      /** Of those, by the name asked for. */
      adapters: z.array(z.object({ loraName: z.string(), inFlight: z.number().int() })),
      /** Adapters it can hold in slots at once. */
      slots: z.number().int(),
    }),
  ),
  pools: z.array(
    z.object({
      poolId: z.string(),
      queued: z.number().int(),
      /** null = nobody waits. */
      oldestWaitMs: z.number().nullable(),
      /** Requests go where their tenant's fallback says. */
      isSaturated: z.boolean(),
      /** Requests turned away since the gateway started, by reason. */
      shed: z.record(z.string(), z.number().int()),
    }),
  ),
  tenants: z.array(
    z.object({
      tenantId: z.string(),
      inFlight: z.number().int(),
      queued: z.number().int(),
      oldestWaitMs: z.number().nullable(),
      shedLastMinute: z.number().int(),
    }),
  ),
  /** When the routing snapshot in force was read; null = none yet. */
  snapshotAt: z.iso.datetime().nullable(),
  /** Traces that wait to be stored. */
  tracesPending: z.number().int(),
  /** Versions that the gateway sends nothing to after failures in a row. */
  openVersions: z.array(z.string()),
});
export type GatewayReport = z.infer<typeof GatewayReportSchema>;

/** How often a gateway reports. */
export const REPORT_INTERVAL_MS = 2_000;
