import * as z from "zod";
import { IsoTime, idOf, PageQuery, pageOf } from "#lib/http/schema.ts";

/**
 * at_origin: the customer's present endpoint answers. moving: a cutover to the pool is under way. in_pool: a version is
 * live, the origin is kept as the way back. may_end: that time is over. ended: somebody said that it was switched off.
 */
export const ORIGIN_STATES = ["at_origin", "moving", "in_pool", "may_end", "ended"] as const;
export type OriginState = (typeof ORIGIN_STATES)[number];

export const MovingInSchema = z.object({
  tenantId: idOf("ten"),
  tenantSlug: z.string(),
  tenantName: z.string(),
  adapterId: idOf("adp"),
  adapterSlug: z.string(),
  endpointId: idOf("end"),
  /** null = the endpoint is gone. */
  endpointName: z.string(),
  /** As its owner declared them; null = nobody said. */
  gpus: z.number().nullable(),
  /** In US dollars. */
  costPerMonth: z.number().nullable(),
  state: z.enum(ORIGIN_STATES),
  /** One line on where it stands, with its date. */
  sentence: z.string(),
  /** The cutover under way. */
  cutoverId: z.string().nullable(),
  liveVersionNumber: z.number().int().nullable(),
  liveSince: IsoTime.nullable(),
  originUntil: IsoTime.nullable(),
  originEndedAt: IsoTime.nullable(),
});
export type MovingIn = z.infer<typeof MovingInSchema>;

const DeclaredSumSchema = z.object({
  endpoints: z.number().int(),
  gpus: z.number(),
  /** In US dollars. */
  costPerMonth: z.number(),
  /** How many of the endpoints do not say, so that the sums above lack them. */
  withoutGpus: z.number().int(),
  withoutCost: z.number().int(),
});

/** Adapters that start, or started, at an endpoint of their customer, and over all of them what that frees. */
export const MovingInPage = pageOf(MovingInSchema).extend({
  states: z.array(z.object({ state: z.enum(ORIGIN_STATES), count: z.number().int() })),
  /** Needed still; may be switched off; was switched off. Each endpoint counts once, by the adapter that needs it most. */
  kept: DeclaredSumSchema,
  mayEnd: DeclaredSumSchema,
  freed: DeclaredSumSchema,
});
export type MovingInPage = z.infer<typeof MovingInPage>;

export const MovingInQuery = PageQuery.extend({
  tenantId: idOf("ten").optional(),
  adapterId: idOf("adp").optional(),
});

export const PutOrigin = z.strictObject({
  /** The customer's present endpoint; null = none. */
  endpointId: idOf("end").nullable(),
});
export type PutOrigin = z.output<typeof PutOrigin>;

export const EndOrigin = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });
export type EndOrigin = z.output<typeof EndOrigin>;
