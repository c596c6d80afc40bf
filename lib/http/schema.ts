import * as z from "zod";

/**
 * Where a number came from. `measured`: the source itself reported it. `derived`: an exact model ran over our own data.
 * `inferred`: an estimate. A what-if is a forecast and never a Measurement.
 */
export const MEASUREMENT_SOURCES = ["measured", "derived", "inferred"] as const;

/**
 * What is known of a number that lies in a histogram's first or open bucket: it is at most the bucket's upper bound, or more
 * than its lower one. `value` is that bound then, and says no more.
 */
export const BOUNDS = ["at_most", "more_than"] as const;
export type Bound = (typeof BOUNDS)[number];

/** One number with its origin, from query to screen: without a source it does not compile. */
export const MeasurementSchema = z.object({
  /** null = could not be seen; never a substitute for zero. */
  value: z.number().nullable(),
  /** Left out = the value itself is known. */
  bound: z.enum(BOUNDS).optional(),
  unit: z.string(),
  source: z.enum(MEASUREMENT_SOURCES),
  /** Born in a simulation; combines with each source. */
  simulated: z.boolean(),
  asOf: z.iso.datetime().nullable(),
  /** How many of the things asked (nodes, samples) answered; null = does not apply. */
  coverage: z.object({ seen: z.number().int(), of: z.number().int() }).nullable(),
  /** The true value is at most this share of the value off, either way: 0.05 of a quantile from a histogram. Left out = exact. */
  errorShare: z.number().optional(),
});
export type Measurement = z.infer<typeof MeasurementSchema>;

/** RFC 9457 problem, plus the stable code, the request id and every broken field. */
export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  fix: z.string().nullable(),
  requestId: z.string(),
  errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string(), fix: z.string() })),
});
export type Problem = z.infer<typeof ProblemSchema>;

/** A list answer: `nextCursor` null = that was all. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export type Page<Item> = { items: Item[]; nextCursor: string | null };

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(300).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** An id such as `ten_0198…`; a malformed one is treated as absent (404), so this only bounds it. */
export const idOf = (prefix: string) => z.string().max(64).describe(`${prefix}_ followed by 32 hex digits`);

export const IsoTime = z.iso.datetime();

/** Lower-case letters, digits and single dashes: safe in urls, file names and vLLM's comma-joined labels. */
export const Slug = z
  .string()
  .min(2)
  .max(40)
  .regex(/^[a-z0-9](?:[a-z0-9]|-(?!-))*[a-z0-9]$/, "use 2-40 of a-z, 0-9 and single dashes, not at either end");

/** A Kubernetes-style condition. */
export const ConditionSchema = z.object({
  type: z.string(),
  status: z.enum(["true", "false", "unknown"]),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: IsoTime,
});
export type Condition = z.infer<typeof ConditionSchema>;
