import * as z from "zod";
import { IsoTime, idOf, MeasurementSchema, PageQuery } from "#lib/http/schema.ts";
import { AnnotationSchema } from "#lib/metrics/schema.ts";
import { TRAFFIC_KINDS, VIAS } from "../schema.ts";

/** How a request ended: `fallback` was answered, by something else than what it asked for; `refused` is 400 to 499. */
export const REQUEST_OUTCOMES = ["answered", "fallback", "refused", "shed", "failed"] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

/** A range of arrivals; without it the last 24 hours. */
const range = { from: IsoTime.optional(), to: IsoTime.optional() };

export const RequestQuery = PageQuery.extend({
  ...range,
  tenantId: z.string().max(64).optional(),
  adapterId: z.string().max(64).optional(),
  nodeId: z.string().max(64).optional(),
  via: z.enum(VIAS).optional(),
  status: z.enum(REQUEST_OUTCOMES).optional(),
  kind: z.enum(TRAFFIC_KINDS).default("user"),
});
export type RequestQuery = z.output<typeof RequestQuery>;

const requestFields = {
  /** As in the reply's `x-request-id`. */
  id: z.string(),
  tenantId: z.string(),
  tenantSlug: z.string(),
  adapterId: z.string().nullable(),
  /** The model's public name; null = the base model was asked for by name, or nothing was found. */
  adapterSlug: z.string().nullable(),
  /** What answered; null = the base model, an endpoint, or nothing. */
  versionId: z.string().nullable(),
  versionNumber: z.number().int().nullable(),
  kind: z.enum(TRAFFIC_KINDS),
  /** null = nothing answered. */
  via: z.enum(VIAS).nullable(),
  outcome: z.enum(REQUEST_OUTCOMES),
  status: z.number().int(),
  /** Stable code of a refusal or a failure. */
  reason: z.string().nullable(),
  /** Why something else than what was asked for answered; null = nothing else did. */
  fallbackReason: z.string().nullable(),
  stream: z.boolean(),
  simulated: z.boolean(),
  arrivedAt: IsoTime,
  /** null = a customer's view, an endpoint, or nothing answered. */
  nodeId: idOf("node").nullable(),
  nodeName: z.string().nullable(),
};

export const RequestRowSchema = z.object({
  ...requestFields,
  latencyMs: z.number().int(),
  /** To the first byte of a streamed reply. */
  ttftMs: z.number().int().nullable(),
  promptTokens: z.number().int().nullable(),
  completionTokens: z.number().int().nullable(),
});
export type RequestRow = z.infer<typeof RequestRowSchema>;

/**
 * Where the time went, in order; together they are the whole request. `gateway` is reading, deciding and attempts that failed;
 * `held` is waiting by choice to join others of the same adapter; `answer` stands for `prefill` and `decode` where the reply
 * came in one piece, so that nothing tells them apart.
 */
export const REQUEST_STAGES = ["gateway", "queued", "held", "weights", "prefill", "decode", "answer"] as const;
export type RequestStage = (typeof REQUEST_STAGES)[number];

export const StageSchema = z.object({
  key: z.enum(REQUEST_STAGES),
  label: z.string(),
  /** ms; null = nothing tells, and the note says why and which stage holds it. */
  time: MeasurementSchema,
  note: z.string().nullable(),
});
export type Stage = z.infer<typeof StageSchema>;

/** What else happened on the node from 10 s before the request until 10 s after it. */
export const RequestAroundSchema = z.object({
  from: IsoTime,
  to: IsoTime,
  /** Loads, unloads, restarts, cordons and the like, oldest first. */
  events: z.array(AnnotationSchema),
  /** In the minutes that the request touched; null values = the node's engine does not tell. */
  evictions: MeasurementSchema,
  swapsFromCpu: MeasurementSchema,
  swapsFromDisk: MeasurementSchema,
});
export type RequestAround = z.infer<typeof RequestAroundSchema>;

export const RequestSchema = z.object({
  ...requestFields,
  /** The whole of it in one sentence. */
  sentence: z.string(),
  /** Why it was answered that way, or not at all. */
  why: z.string(),
  tenantName: z.string(),
  path: z.string(),
  dispatchedAt: IsoTime.nullable(),
  firstByteAt: IsoTime.nullable(),
  endedAt: IsoTime,
  latency: MeasurementSchema,
  /** To the first byte of a streamed reply. */
  ttft: MeasurementSchema,
  stages: z.array(StageSchema),
  promptTokens: MeasurementSchema,
  completionTokens: MeasurementSchema,
  /** While the reply was coming. */
  tokensPerSecond: MeasurementSchema,
  /** Nodes and endpoints it was sent to before one answered. */
  retries: z.number().int(),
  /** The key it came with; null = not on record. */
  key: z.object({ id: z.string(), name: z.string(), prefix: z.string() }).nullable(),
  /** For staff only; null in a customer's view. */
  staff: z
    .object({
      loraName: z.string().nullable(),
      /** Which life of the node's process answered. */
      nodeEpoch: z.number().int().nullable(),
      endpoint: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
      /** Where the gateway expected the weights when it sent the request; null = no adapter was asked for. */
      expectedTier: z.enum(["gpu", "cpu", "disk", "unknown"]).nullable(),
      /** null = no node answered it. */
      around: RequestAroundSchema.nullable(),
    })
    .nullable(),
});
export type RequestDetail = z.infer<typeof RequestSchema>;

export const FallbackQuery = PageQuery.extend({ ...range, tenantId: z.string().max(64).optional() });
export type FallbackQuery = z.output<typeof FallbackQuery>;

/** A stretch of time in which a tenant's requests were answered by something else; a minute without one ends it. */
export const FallbackEpisodeSchema = z.object({
  /** Of its first request. */
  id: z.string(),
  tenantId: z.string(),
  tenantSlug: z.string(),
  adapterId: z.string().nullable(),
  adapterSlug: z.string().nullable(),
  via: z.enum(VIAS),
  /** The commonest of its requests' reasons. */
  reason: z.string(),
  /** What answered instead, and why. */
  sentence: z.string(),
  since: IsoTime,
  /** Its last request so far. */
  lastAt: IsoTime,
  /** null = it goes on. */
  until: IsoTime.nullable(),
  requests: z.number().int(),
  simulated: z.boolean(),
});
export type FallbackEpisode = z.infer<typeof FallbackEpisodeSchema>;
