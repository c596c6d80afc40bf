import * as z from "zod";
import { ConditionSchema, IsoTime, idOf, PageQuery, Slug } from "#lib/http/schema.ts";
import { LoraRank } from "#lib/pools/schema.ts";
import { DRAIN_SECONDS } from "./browser/control-kinds.ts";

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
  "engine",
  "restore",
  "drift",
  "cordon",
  "uncordon",
  "unreachable",
  "reachable",
  "drain",
  "rollout",
  "inspect",
] as const;
export type LoadEventKind = (typeof LOAD_EVENT_KINDS)[number];

/**
 * What kinds of holders there are; a holder is `<kind>:<id>`. Fleet unloads only what nobody holds. `move` keeps what an
 * adapter leaves until the nodes it goes to have proven it.
 */
export const HOLDER_KINDS = ["stage", "route", "previous", "candidate", "mirror", "cutover", "run", "move"] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];
/** Who needs a placement, such as `route:adp_…` (the live version) or `stage:ver_…` (put there by hand). */
export type Holder = `${HolderKind}:${string}`;

/** One engine limit. measured = the engine says so; declared = the pool says so, and nothing visible contradicts it. */
export const NodeLimitSchema = z.object({ value: z.number(), source: z.enum(["measured", "declared"]) });
export const NodeLimitsSchema = z.object({
  maxLoras: NodeLimitSchema,
  maxCpuLoras: NodeLimitSchema,
  maxLoraRank: NodeLimitSchema,
  /** Tokens. */
  maxModelLen: NodeLimitSchema,
});
export type NodeLimits = z.infer<typeof NodeLimitsSchema>;

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
  /** While it drains: no new requests, and what runs may take until then. */
  drainDeadline: IsoTime.nullable(),
  /** null = never inspected. */
  limits: NodeLimitsSchema.nullable(),
  /** Warnings and problems of the latest inspection; null = never inspected. */
  findings: z.object({ problems: z.number().int(), warnings: z.number().int(), at: IsoTime }).nullable(),
  health: z.enum(NODE_HEALTHS),
  /** One sentence on why `health` is what it is. */
  healthReason: z.string(),
  conditions: z.array(ConditionSchema),
  /** Last successful poll; null = never. */
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

export const DrainNode = z.strictObject({
  /** How long what runs may take; 0 = none of it is waited for. */
  deadlineSeconds: z.number().int().min(0).max(86_400).default(DRAIN_SECONDS),
});

/**
 * What an inspection of a node found. A `problem` keeps it from being added, a `warning` does not; `unknown` = the node
 * does not tell.
 */
export const OnboardingFindingSchema = z.object({
  code: z.string(),
  severity: z.enum(["problem", "warning", "unknown", "pass"]),
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
      /** Other requests ran meanwhile, on an engine where they change the base model's answers: nothing can be said. */
      disturbed: z.boolean().optional(),
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
  /** null = the node was removed since. */
  nodeId: idOf("node").nullable(),
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

export const EventsQuery = PageQuery.extend({
  kind: z.enum(LOAD_EVENT_KINDS).optional(),
  outcome: LoadEventSchema.shape.outcome.optional(),
});
export type EventsQuery = z.infer<typeof EventsQuery>;

// --- engine limits, rolled out node by node ------------------------------------------------------------------------

export const ROLLOUT_STATES = ["running", "completed", "failed", "cancelled"] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];
export const ROLLOUT_PHASES = ["pending", "draining", "restarting", "restoring", "done", "failed", "skipped"] as const;
export type RolloutPhase = (typeof ROLLOUT_PHASES)[number];

/** The limits of a pool that only a restart of the engine changes. */
export const EngineLimitsSchema = z.strictObject({
  maxLoras: z.number().int().min(1).max(512),
  maxCpuLoras: z.number().int().min(1).max(10_000),
  maxLoraRank: LoraRank,
  /** Tokens. */
  maxModelLen: z.number().int().min(16).max(10_000_000),
  gpuMemoryUtilization: z.number().min(0.05).max(1),
});
export type EngineLimits = z.output<typeof EngineLimitsSchema>;

export const StartRollout = z.strictObject({
  /** Limits that change; the others stay. */
  target: EngineLimitsSchema.partial(),
  /** How long a node may take to finish what runs on it. */
  drainSeconds: z.number().int().min(0).max(3_600).default(120),
  /** How long its restart may take, until a new process answers. */
  restartSeconds: z.number().int().min(30).max(86_400).default(1_800),
});
export type StartRollout = z.output<typeof StartRollout>;

export const RolloutNodeSchema = z.object({
  nodeId: idOf("node"),
  nodeName: z.string(),
  position: z.number().int(),
  phase: z.enum(ROLLOUT_PHASES),
  message: z.string(),
  since: IsoTime,
  /** When the present phase has to be over. */
  deadline: IsoTime.nullable(),
  /** How to start this node's engine with the new limits. */
  command: z.string(),
});
export const RolloutSchema = z.object({
  id: idOf("rol"),
  poolId: idOf("pool"),
  poolSlug: z.string(),
  state: z.enum(ROLLOUT_STATES),
  before: EngineLimitsSchema,
  target: EngineLimitsSchema,
  drainSeconds: z.number().int(),
  restartSeconds: z.number().int(),
  /** Why it ended as it did, or what it waits for. */
  message: z.string().nullable(),
  startedBy: z.string(),
  createdAt: IsoTime,
  finishedAt: IsoTime.nullable(),
  generation: z.number().int(),
  nodes: z.array(RolloutNodeSchema),
});
export type Rollout = z.infer<typeof RolloutSchema>;

// --- where adapters go -----------------------------------------------------------------------------------------------

/** null = what the pool says, and there null = every serving node. */
export const SetPlacement = z.strictObject({
  replicas: z.number().int().min(1).max(200).nullable(),
  pinnedNodeIds: z.array(z.string().max(64)).max(200),
});
export type SetPlacement = z.output<typeof SetPlacement>;

export const PlacementMoveSchema = z.object({
  tenantId: idOf("ten"),
  tenantSlug: z.string(),
  adapterId: idOf("adp"),
  adapterSlug: z.string(),
  versionId: idOf("ver"),
  versionNumber: z.number().int(),
  nodeId: idOf("node"),
  nodeName: z.string(),
  action: z.enum(["keep", "add", "remove"]),
  /** One sentence, such as "a100-2: 11 of 12 GPU slots busy on average." */
  reason: z.string(),
});
export type PlacementMove = z.infer<typeof PlacementMoveSchema>;

/** How an adapter is placed: what was asked for, what counts, and what its pool's plan makes of it. */
export const AdapterPlacementSchema = z.object({
  adapterId: idOf("adp"),
  poolId: idOf("pool"),
  replicas: z.number().int().nullable(),
  pinnedNodeIds: z.array(z.string()),
  /** The adapter's own number, else the pool's; null = every serving node. */
  effectiveReplicas: z.number().int().nullable(),
  /** Requests a minute over the last 15 minutes, and the most that ran at once; null = none seen for a day. */
  demand: z.object({ requestsPerMinute: z.number(), peakConcurrent: z.number().int(), observedAt: IsoTime }).nullable(),
  moves: z.array(PlacementMoveSchema),
  unplaced: z.array(z.object({ reason: z.string(), fix: z.string() })),
  generation: z.number().int(),
});
export type AdapterPlacement = z.infer<typeof AdapterPlacementSchema>;
export const PlacementPlanSchema = z.object({
  poolId: idOf("pool"),
  asOf: IsoTime,
  nodes: z.array(
    z.object({
      nodeId: idOf("node"),
      nodeName: z.string(),
      adapters: z.number().int(),
      /** Expected adapters in use at once, against GPU slots. */
      /** expected = in use at any one moment, on average; active = asked for in the last 15 minutes. */
      hot: z.object({ expected: z.number(), active: z.number().int(), slots: z.number().int() }),
      /** Bytes of the adapters there, and copies against max_cpu_loras. */
      bytes: z.number(),
      copies: z.object({ used: z.number().int(), room: z.number().int() }),
    }),
  ),
  moves: z.array(PlacementMoveSchema),
  /** Live versions that cannot be placed as wanted, with the reason and the fix. */
  unplaced: z.array(z.object({ adapterId: idOf("adp"), adapterSlug: z.string(), reason: z.string(), fix: z.string() })),
});
export type PlacementPlan = z.infer<typeof PlacementPlanSchema>;

/** What a node fetches a version by. The digest is made from these lines alone, so the node checks it for itself. */
export const ArtifactManifestSchema = z.object({
  digest: z.string(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number().int(), sha256: z.string() })),
});
export type ArtifactManifest = z.infer<typeof ArtifactManifestSchema>;

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

/** One entry of Prometheus' HTTP service discovery. */
export const ScrapeTargetSchema = z.object({
  targets: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
});
export type ScrapeTarget = z.infer<typeof ScrapeTargetSchema>;
