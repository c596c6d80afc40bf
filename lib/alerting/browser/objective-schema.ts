import * as z from "zod";
import { IsoTime, idOf, MeasurementSchema, PageQuery, pageOf } from "#lib/http/schema.ts";
import { ALERT_SEVERITIES } from "./alert-kinds.ts";
import {
  OBJECTIVE_KINDS,
  OBJECTIVE_STATES,
  OBJECTIVE_STATUSES,
  OBJECTIVE_VISIBILITIES,
  OBJECTIVE_WINDOWS,
} from "./objective-kinds.ts";

const Window = z.union(OBJECTIVE_WINDOWS.map((days) => z.literal(days)));

const CountSchema = z.object({ seconds: z.number().int(), good: z.number().int(), total: z.number().int() });

/** One pair of windows that is watched: it burns when both are at its limit or above. */
export const BurnSchema = z.object({
  severity: z.enum(ALERT_SEVERITIES),
  /** Multiples of the pace that uses the budget up exactly at the end of the window. */
  limit: z.number(),
  long: CountSchema.extend({ rate: z.number().nullable() }),
  short: CountSchema.extend({ rate: z.number().nullable() }),
  status: z.enum(["bad", "good", "unknown"]),
});
export type Burn = z.infer<typeof BurnSchema>;

/** What a proposal was made from. */
export const BasisSchema = z.object({
  from: IsoTime,
  to: IsoTime,
  requests: z.number().int(),
  /** The p95 in ms, or the share, as it was then. */
  observed: z.number(),
});
export type Basis = z.infer<typeof BasisSchema>;

export const ObjectiveSchema = z.object({
  id: idOf("obj"),
  scope: z.object({ type: z.enum(["tenant", "pool"]), id: z.string(), name: z.string() }),
  kind: z.enum(OBJECTIVE_KINDS),
  /** Such as "End-to-end p95". */
  title: z.string(),
  /** ms for a latency; else a share: of requests answered, or at most by a fallback. */
  target: z.number(),
  /** The share of requests that must be good, 0 to 1. */
  goal: z.number(),
  windowDays: Window,
  visibility: z.enum(OBJECTIVE_VISIBILITIES),
  status: z.enum(OBJECTIVE_STATUSES),
  /** The promise in plain words, such as "95 of 100 replies within 1.2 s". */
  promise: z.string(),
  /** What came of it, such as "last 7 days: 97". */
  outcome: z.string(),
  /** null = somebody set it, or a customer asks. */
  basis: BasisSchema.nullable(),
  state: z.enum(OBJECTIVE_STATES),
  /** Why its state is unknown. */
  note: z.string().nullable(),
  good: z.number().int(),
  total: z.number().int(),
  share: MeasurementSchema,
  /** Of the bad requests that the window allows, what is left: 1 = all, below 0 = more were bad than that. */
  budgetLeft: MeasurementSchema,
  /** Staff only; none for a customer. */
  burns: z.array(BurnSchema),
  decidedBy: z.string().nullable(),
  decidedAt: IsoTime.nullable(),
  generation: z.number().int(),
});
export type Objective = z.infer<typeof ObjectiveSchema>;

/** A tenant for whom nothing was proposed so far, and why. */
export const UnproposedSchema = z.object({ tenantId: idOf("ten"), tenantName: z.string(), reason: z.string() });

export const ObjectivePage = pageOf(ObjectiveSchema).extend({
  /** Tenants without any objective; at most 100. */
  unproposed: z.array(UnproposedSchema),
});
export type ObjectivePage = z.infer<typeof ObjectivePage>;

export const ObjectivesQuery = PageQuery.extend({
  tenantId: idOf("ten").optional(),
  poolId: idOf("pool").optional(),
  status: z.enum(OBJECTIVE_STATUSES).optional(),
  /** `worst`: the `limit` that burn fastest or have least left, of all; there are no further pages. */
  order: z.enum(["newest", "worst"]).default("newest"),
});
export type ObjectivesQuery = z.output<typeof ObjectivesQuery>;

export const CreateObjective = z.strictObject({
  /** One of the two. */
  tenantId: idOf("ten").optional(),
  poolId: idOf("pool").optional(),
  kind: z.enum(OBJECTIVE_KINDS),
  target: z.number(),
  windowDays: Window,
  visibility: z.enum(OBJECTIVE_VISIBILITIES).default("staff"),
});
export type CreateObjective = z.output<typeof CreateObjective>;

/** What is left out stays. */
export const UpdateObjective = z
  .strictObject({
    target: z.number().optional(),
    windowDays: Window.optional(),
    visibility: z.enum(OBJECTIVE_VISIBILITIES).optional(),
    /** A proposal is accepted or dismissed; so is one that was decided before. */
    status: z.enum(["accepted", "dismissed"]).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "give at least one field");
export type UpdateObjective = z.output<typeof UpdateObjective>;
