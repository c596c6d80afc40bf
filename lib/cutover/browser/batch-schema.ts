import * as z from "zod";
import { NodeForecastSchema } from "#lib/fleet/browser/bulk-schema.ts";
import { IsoTime, idOf, PageQuery } from "#lib/http/schema.ts";
import { AdapterFilterSchema } from "#lib/registry/browser/adapter-query.ts";
import { CUTOVER_PHASES } from "../schema.ts";
import { PlanChoice } from "./plan-schema.ts";

/** `stopped`: nothing new starts; what is under way goes on. `completed`: every row has ended, whichever way. */
export const BATCH_STATES = ["running", "paused", "stopped", "completed"] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** `failures`: as many rows failed as were allowed. `rights`: whoever started it may not any more. By hand it is for good. */
export const BATCH_STOPS = ["failures", "hand", "rights"] as const;
export type BatchStop = (typeof BATCH_STOPS)[number];

/**
 * `failed`: its cutover was refused, aborted or rolled back. `skipped`: nothing was to be done, or the batch was stopped by
 * hand before its turn.
 */
export const BATCH_ROW_STATES = ["waiting", "running", "completed", "failed", "skipped"] as const;
export type BatchRowState = (typeof BATCH_ROW_STATES)[number];

/** More than that nobody watches as one thing. */
export const BATCH_ROWS_MAX = 200;

const rows = z.array(z.strictObject({ adapterId: idOf("adp"), toVersionId: idOf("ver") }));
export const BatchPlanInput = z.strictObject({
  rows: rows.min(1).max(BATCH_ROWS_MAX),
  /** How many cutovers may be under way at any time. */
  atOnce: z.number().int().min(1).max(20),
  /** After so many failures nothing new starts. */
  stopAfterFailures: z.number().int().min(1).max(BATCH_ROWS_MAX).default(1),
  /** How each of them goes; what is left out is as the settings have it. */
  plan: PlanChoice.optional(),
  /** Sets aside each gate that was not passed, by the rule of a single cutover; kept in the audit trail of each. */
  overrideReason: z.string().trim().min(10).max(500).optional(),
});
export type BatchPlanInput = z.output<typeof BatchPlanInput>;

export const BatchCountsSchema = z.object({
  waiting: z.number().int(),
  running: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
});
export type BatchCounts = z.infer<typeof BatchCountsSchema>;

export const BatchEventSchema = z.object({ at: IsoTime, by: z.string(), what: z.string() });
export type BatchEvent = z.infer<typeof BatchEventSchema>;

export const BatchSchema = z.object({
  id: idOf("bat"),
  state: z.enum(BATCH_STATES),
  /** What stopped it; null = it is not stopped. */
  stoppedBy: z.enum(BATCH_STOPS).nullable(),
  atOnce: z.number().int(),
  stopAfterFailures: z.number().int(),
  /** Failures of before somebody let it go on: they do not count towards the next stop. */
  failuresForgiven: z.number().int(),
  overrideReason: z.string().nullable(),
  plan: z.object(PlanChoice.shape).nullable(),
  requestedBy: z.string(),
  /** Why nothing new starts now; null = as many are under way as may be, or nothing is left to start. */
  message: z.string().nullable(),
  counts: BatchCountsSchema,
  /** Who started, paused, stopped and resumed it; oldest first. */
  history: z.array(BatchEventSchema),
  generation: z.number().int(),
  createdAt: IsoTime,
  finishedAt: IsoTime.nullable(),
});
export type Batch = z.infer<typeof BatchSchema>;

export const BatchRowSchema = z.object({
  position: z.number().int(),
  tenantId: idOf("ten"),
  adapterId: idOf("adp"),
  toVersionId: idOf("ver"),
  /** `<tenant>/<adapter> v<N>`. */
  label: z.string(),
  state: z.enum(BATCH_ROW_STATES),
  cutoverId: z.string().nullable(),
  /** Where its cutover stands. */
  phase: z.enum(CUTOVER_PHASES).nullable(),
  /** What it waits for, or why it ended; with a code and, for a refusal, what to do. */
  code: z.string().nullable(),
  reason: z.string().nullable(),
  fix: z.string().nullable(),
  startedAt: IsoTime.nullable(),
  endedAt: IsoTime.nullable(),
});
export type BatchRow = z.infer<typeof BatchRowSchema>;

export const BatchWithRowsSchema = BatchSchema.extend({ rows: z.array(BatchRowSchema) });
export type BatchWithRows = z.infer<typeof BatchWithRowsSchema>;

export const BatchesQuery = PageQuery.extend({
  /** true = only those that may still start or run something. */
  active: z.enum(["true", "false"]).optional(),
});

export const BatchPreviewItemSchema = z.object({
  adapterId: idOf("adp"),
  toVersionId: idOf("ver"),
  tenantId: z.string().nullable(),
  label: z.string(),
  /** It would start when its turn comes. */
  ready: z.boolean(),
  /** Why it would be refused. */
  code: z.string().nullable(),
  message: z.string().nullable(),
  fix: z.string().nullable(),
});
export type BatchPreviewItem = z.infer<typeof BatchPreviewItemSchema>;

/** What one node would have to keep, derived from the catalog: nothing of it is seen on the node. */
export const BatchNodeSchema = NodeForecastSchema.pick({ nodeId: true, nodeName: true, places: true }).extend({
  /** Versions that have to stay now: live, candidates, staged, and the way back of cutovers under way. */
  neededNow: z.number().int(),
  /** The same at the peak, with as many under way as may be. */
  neededPeak: z.number().int(),
  /** With all that is left in memory besides at the end, such as versions that were live before. */
  residentAtEnd: z.number().int(),
});
export type BatchNode = z.infer<typeof BatchNodeSchema>;

export const BatchPreviewSchema = z.object({
  items: z.array(BatchPreviewItemSchema),
  ready: z.number().int(),
  refused: z.number().int(),
  /** How many of the ready ones fit into the CPU caches at once. */
  fitAtOnce: z.number().int(),
  nodes: z.array(BatchNodeSchema),
  /** What keeps all cutovers now, such as a freeze; null = nothing. */
  hold: z.string().nullable(),
  warnings: z.array(z.string()),
});
export type BatchPreview = z.infer<typeof BatchPreviewSchema>;

export const ChangeBatch = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });

/** An adapter whose newest ready version is not live. */
export const BatchCandidateSchema = z.object({
  tenantId: idOf("ten"),
  tenantSlug: z.string(),
  tenantName: z.string(),
  adapterId: idOf("adp"),
  adapterSlug: z.string(),
  toVersionId: idOf("ver"),
  toNumber: z.number().int(),
  /** null = nothing is live. */
  liveNumber: z.number().int().nullable(),
});
export type BatchCandidate = z.infer<typeof BatchCandidateSchema>;
/** The same filter as of `GET /adapters`, or the ids of adapters with commas between them. */
export const CandidatesQuery = AdapterFilterSchema.extend({ adapters: z.string().max(14_000).optional() });
