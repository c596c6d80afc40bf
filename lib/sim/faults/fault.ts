import * as z from "zod";

/**
 * What can be done to a simulated node.
 * - refuse: the connection is closed before a byte; reset: RST in the middle of a reply; half_body: half a reply, then closed
 * - hang: no answer at all; slow: handled at once, answered `delayMs` later
 * - error: `status` (500) in the release's error shape; html: a proxy's page (`status`, 200)
 * - lost_adapter: `loraName` (or every name) is no longer known; silent_load: a load answers 200, the name never appears
 * - failing_adapter: requests of `loraName` (or of every adapter) answer `status` (500); others are served
 * - clock_skew: `Date` and the process start are off by `skewSeconds`; huge_metrics: /metrics is at least `bytes` long
 * - flap: refuses and answers by turns, each turn about `periodMs`, drawn from `seed`
 */
export const FAULT_KINDS = [
  "refuse",
  "reset",
  "hang",
  "slow",
  "error",
  "html",
  "half_body",
  "lost_adapter",
  "failing_adapter",
  "clock_skew",
  "huge_metrics",
  "silent_load",
  "flap",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export const FaultSchema = z
  .strictObject({
    kind: z.enum(FAULT_KINDS),
    /** Prefix of the paths it strikes; default: all, of loads for silent_load, of /metrics for huge_metrics. */
    path: z.string().startsWith("/").optional(),
    method: z.string().toUpperCase().optional(),
    /** How many requests (or loads, or names) it strikes; default: until it is cleared, for lost_adapter once. */
    times: z.int().min(1).optional(),
    delayMs: z.number().min(0).max(600_000).optional(),
    status: z.int().min(200).max(599).optional(),
    loraName: z.string().min(1).optional(),
    skewSeconds: z.number().optional(),
    bytes: z.int().min(1).max(1_000_000_000).optional(),
    periodMs: z.number().min(1).optional(),
    seed: z.int().optional(),
  })
  .refine((fault) => fault.kind !== "clock_skew" || fault.skewSeconds !== undefined, {
    path: ["skewSeconds"],
    message: "clock_skew needs skewSeconds",
  });
export type Fault = z.input<typeof FaultSchema>;

/** Settings that only a restart changes, and for how long the node is away meanwhile. */
export const RestartSchema = z.strictObject({
  maxLoras: z.int().min(1).optional(),
  maxCpuLoras: z.int().min(1).optional(),
  maxLoraRank: z.int().min(1).optional(),
  maxModelLen: z.int().min(1).optional(),
  /** The plugin's SWITCHYARD_ADAPTER_DIR from then on; null = the plugin proves no bytes. */
  adapterDir: z.string().nullable().optional(),
  downMs: z.number().min(0).max(600_000).optional(),
});
export type Restart = z.input<typeof RestartSchema>;
