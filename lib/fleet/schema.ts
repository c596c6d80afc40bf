import * as z from "zod";
import { ConditionSchema, IsoTime, idOf, PageQuery, Slug } from "#lib/http/schema.ts";

export const NODE_HEALTHS = [
  "healthy",
  "restoring",
  "degraded",
  "unreachable",
  "draining",
  "cordoned",
  "unknown",
] as const;
export type NodeHealth = (typeof NODE_HEALTHS)[number];

export const PLACEMENT_STATES = [
  "routable",
  "loading",
  "probing",
  "unloading",
  "node_drift",
  "failed",
  "unknown",
] as const;
export type PlacementState = (typeof PLACEMENT_STATES)[number];

export const LOAD_EVENT_KINDS = [
  "load",
  "unload",
  "probe",
  "restart",
  "restore",
  "drift",
  "cordon",
  "uncordon",
  "unreachable",
  "reachable",
] as const;
export type LoadEventKind = (typeof LOAD_EVENT_KINDS)[number];

/** What kinds of holders there are; a holder is `<kind>:<id>`. Fleet unloads only what nobody holds. */
export const HOLDER_KINDS = ["stage", "route", "previous", "cutover", "run"] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];
/** Who needs a placement, such as `route:adp_…` (the live version) or `stage:ver_…` (put there by hand). */
export type Holder = `${HolderKind}:${string}`;

export const NodeSchema = z.object({
  id: idOf("node"),
  poolId: idOf("pool"),
  poolSlug: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  hasKey: z.boolean(),
  /** Serves evaluation baselines only; never customers' traffic. */
  standalone: z.boolean(),
  gpu: z.string().nullable(),
  /** Price of the machine in the operator's currency; null = not given. */
  pricePerHour: z.number().nullable(),
  engineVersion: z.string().nullable(),
  simulated: z.boolean(),
  /** Rises by one with each restart of the engine that was seen; 0 = never seen. */
  epoch: z.number().int(),
  processStartedAt: IsoTime.nullable(),
  cordoned: z.boolean(),
  health: z.enum(NODE_HEALTHS),
  /** One sentence on why `health` is what it is. */
  healthReason: z.string(),
  conditions: z.array(ConditionSchema),
  /** Last successful look; null = never. */
  lastSeenAt: IsoTime.nullable(),
  placements: z.object({ desired: z.number().int(), routable: z.number().int(), failed: z.number().int() }),
  /** Names the node lists that nobody here asked for. Shown, never touched. */
  drift: z.array(z.object({ loraName: z.string(), since: IsoTime })),
  generation: z.number().int(),
  createdAt: IsoTime,
});
export type Node = z.infer<typeof NodeSchema>;

export const AddNode = z.strictObject({
  poolId: idOf("pool"),
  name: Slug,
  baseUrl: z.string().trim().min(1).max(300),
  apiKey: z.string().trim().min(1).max(500).optional(),
  standalone: z.boolean().default(false),
  gpu: z.string().trim().min(1).max(60).optional(),
  pricePerHour: z.number().min(0).max(10_000).optional(),
});
export type AddNode = z.infer<typeof AddNode>;

/** What the first look at a node found. `warning`s do not stop it from being added. */
export const OnboardingFindingSchema = z.object({
  code: z.string(),
  severity: z.enum(["warning", "pass"]),
  message: z.string(),
  fix: z.string().nullable(),
});
export type OnboardingFinding = z.infer<typeof OnboardingFindingSchema>;
export const AddedNode = NodeSchema.extend({ report: z.array(OnboardingFindingSchema) });

export const NodesQuery = PageQuery.extend({ poolId: z.string().max(64).optional() });

export const PlacementSchema = z.object({
  id: idOf("plc"),
  tenantId: idOf("ten"),
  versionId: idOf("ver"),
  nodeId: idOf("node"),
  /** null for customers: nodes are not theirs to see. */
  nodeName: z.string().nullable(),
  desire: z.enum(["present", "absent"]),
  state: z.enum(PLACEMENT_STATES),
  /** Stable code of why, such as `probe_no_effect`. */
  reason: z.string(),
  message: z.string(),
  /** Since when `state` holds for this reason. */
  since: IsoTime,
  /** True while what is shown answers an older wish than the present one. */
  updating: z.boolean(),
  attempts: z.number().int(),
  nextAttemptAt: IsoTime.nullable(),
  loadedAt: IsoTime.nullable(),
  /** What the load probe measured; null = not probed since the last load. */
  probe: z
    .object({
      outcome: z.enum(["effect", "no_effect", "wrong_model", "not_a_number", "inconclusive"]),
      /** Largest difference of a log-probability, adapter against base. */
      adapterDelta: z.number().nullable(),
      /** The same, base against base: the engine's own noise. */
      noiseDelta: z.number().nullable(),
      /** What `adapterDelta` had to exceed. */
      threshold: z.number().nullable(),
      /** Positions that were compared. */
      positions: z.number().int(),
      at: IsoTime,
    })
    .nullable(),
  holds: z.array(z.object({ holder: z.string(), reason: z.string() })),
});
export type Placement = z.infer<typeof PlacementSchema>;
export type ProbeResult = NonNullable<Placement["probe"]>;

export const PlacementsQuery = PageQuery.extend({
  versionId: z.string().max(64).optional(),
  nodeId: z.string().max(64).optional(),
});

export const StageVersion = z.strictObject({
  /** Default: every node of the adapter's pool that serves customers. */
  nodeIds: z.array(z.string().max(64)).min(1).max(200).optional(),
});

export const LoadEventSchema = z.object({
  id: idOf("evt"),
  nodeId: idOf("node"),
  tenantId: z.string().nullable(),
  versionId: z.string().nullable(),
  loraName: z.string().nullable(),
  kind: z.enum(LOAD_EVENT_KINDS),
  outcome: z.enum(["ok", "failed", "noted"]),
  durationMs: z.number().int().nullable(),
  message: z.string(),
  at: IsoTime,
});
export type LoadEvent = z.infer<typeof LoadEventSchema>;

export const LaunchQuery = z.object({
  port: z.coerce.number().int().min(1).max(65_535).default(8000),
  /** GPUs that one node spans. */
  tensorParallelSize: z.coerce.number().int().min(1).max(64).default(1),
});

/** How to start a node of a pool. */
export const LaunchCommandSchema = z.object({
  env: z.record(z.string(), z.string()),
  args: z.array(z.string()),
  /** Ready to paste into a shell. */
  text: z.string(),
  notes: z.array(z.string()),
});
