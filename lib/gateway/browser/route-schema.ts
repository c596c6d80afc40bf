import * as z from "zod";
import { IsoTime, idOf } from "#lib/http/schema.ts";
import { VIAS } from "#lib/requests/schema.ts";
import { NODE_REASONS } from "./node-reasons.ts";

export const RouteQuery = z.object({
  /** As a customer sends it in the body; without it the tenant's default model. */
  model: z.string().max(200).optional(),
  /** As if this version was pinned. */
  versionId: idOf("ver").optional(),
});
export type RouteQuery = z.output<typeof RouteQuery>;

const RejectionSchema = z.object({
  status: z.number().int(),
  code: z.string(),
  message: z.string(),
  param: z.string().nullable(),
  retryAfterSeconds: z.number().nullable(),
});

const NodeVerdictSchema = z.object({
  nodeId: z.string(),
  nodeName: z.string(),
  /** Why it may not answer; null = it may. */
  reason: z.enum(NODE_REASONS).nullable(),
  /** Where the request would go now. */
  isChosen: z.boolean(),
  /** Where the weights lie, as the node's plugin tells; null = the base model, which needs none. */
  tier: z.enum(["gpu", "cpu", "disk", "unknown"]).nullable(),
  /** Requests it is answering; null = no gateway tells. */
  inFlight: z.number().int().nullable(),
  /** Of those, of the same version. */
  joins: z.number().int().nullable(),
  /** All its slots are taken by other adapters in flight. */
  isFull: z.boolean(),
  sentence: z.string(),
});

const OptionVerdictSchema = z.object({
  via: z.enum(VIAS),
  isFallback: z.boolean(),
  isCandidate: z.boolean(),
  isChosen: z.boolean(),
  versionId: z.string().nullable(),
  versionNumber: z.number().int().nullable(),
  /** The name it is asked for; null = an endpoint gets what the customer sent. */
  model: z.string().nullable(),
  endpoint: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Those that may answer first, the best first among them; none for an endpoint. */
  nodes: z.array(NodeVerdictSchema),
  sentence: z.string(),
});

/** What the answer rests on. */
const grounds = {
  /** The gateway's routing as it was read just now; a gateway may be up to 5 s behind. */
  readAt: IsoTime,
  /** The newest report of a live gateway; null = none is live, so nodes count as up and what is in flight is unknown. */
  asOf: IsoTime.nullable(),
};

export const RouteExplanationSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("refused"), rejection: RejectionSchema, ...grounds }),
  z.object({
    kind: z.literal("explained"),
    /** Who would answer and why, or that nothing can. */
    sentence: z.string(),
    /** In the order in which they are tried. */
    options: z.array(OptionVerdictSchema),
    /** Somebody put fallbacks first by hand. */
    forced: z.boolean(),
    /** Gets a copy of `share` percent of the requests; its replies are thrown away. */
    mirror: z.object({ versionId: z.string(), versionNumber: z.number().int(), share: z.number() }).nullable(),
    /** Gets `weight` percent of the conversations; the options are those of all others. */
    split: z.object({ versionId: z.string(), versionNumber: z.number().int(), weight: z.number() }).nullable(),
    /** null = something can answer. */
    rejection: RejectionSchema.nullable(),
    ...grounds,
  }),
]);
export type RouteExplanation = z.infer<typeof RouteExplanationSchema>;
