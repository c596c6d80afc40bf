import * as z from "zod";
import { LOAD_EVENT_KINDS } from "#lib/fleet/schema.ts";
import { BOUNDS, IsoTime, idOf, MEASUREMENT_SOURCES, MeasurementSchema, PageQuery } from "#lib/http/schema.ts";
import { CHART_METRICS, CHART_PARTS } from "./browser/chart-metrics.ts";

export const CHART_QUANTILES = ["p50", "p95", "p99"] as const;
export type ChartQuantile = (typeof CHART_QUANTILES)[number];

/** Unit words as `formatUnit` reads them; `ratio` is 0 to 1. */
export const CHART_UNITS = ["ms", "requests/min", "tok/s", "ratio", "count", "evictions/min", "swaps/min"] as const;
export type ChartUnit = (typeof CHART_UNITS)[number];

export const MAX_POINTS = 300;
export const MAX_SERIES = 10;
/** Longest range one chart may ask for. */
export const MAX_RANGE_SECONDS = 31 * 86_400;

/**
 * One point: the start of its step, and the value. null = nothing was seen in that step; a gap is never drawn as zero.
 */
export const ChartPointSchema = z.tuple([IsoTime, z.number().nullable()]);
export type ChartPoint = z.infer<typeof ChartPointSchema>;

export const ChartSeriesSchema = z.object({
  /** Stable name for colours and links: `p95`, `gpu`, `disk`, `requests`, … */
  key: z.string(),
  label: z.string(),
  points: z.array(ChartPointSchema).max(MAX_POINTS),
  /** Requests behind each point, in the order of `points`; null where the question makes no sense (gauges). */
  counts: z.array(z.number().nullable()).nullable(),
  /** Where a point is only a bound, in the order of `points`; left out = every value itself is known. */
  bounds: z.array(z.enum(BOUNDS).nullable()).optional(),
  /** The figure over the whole range, from the same buckets and counts, never a mean of the points; null = nothing seen. */
  whole: z.number().nullable(),
  /** Left out = `whole` itself is known. */
  wholeBound: z.enum(BOUNDS).optional(),
});
export type ChartSeries = z.infer<typeof ChartSeriesSchema>;

/**
 * Marks on the time line. Those of nodes (`load` to `reachable`) come from what the worker did or saw there; `cutover`,
 * `rollback`, `origin` and `gate` are recorded by the room that did it; alerts and edits of settings tell of themselves, to staff only.
 */
export const ANNOTATION_KINDS = [
  ...LOAD_EVENT_KINDS,
  "cutover",
  "rollback",
  "origin",
  "gate",
  "control",
  "alert",
  "settings",
] as const;
export type AnnotationKind = (typeof ANNOTATION_KINDS)[number];

/** The object a mark is about, so that it can be opened: `{ type: "cutover", id: "cut_…" }`. */
export const AnnotationRefSchema = z.object({ type: z.string(), id: z.string() });

export const AnnotationSchema = z.object({
  id: z.string(),
  at: IsoTime,
  kind: z.enum(ANNOTATION_KINDS),
  title: z.string(),
  /** How it ended; marks that only happened (a restart, a cutover) are `ok`. */
  outcome: z.enum(["ok", "failed"]),
  tenantId: z.string().nullable(),
  nodeId: z.string().nullable(),
  ref: AnnotationRefSchema.nullable(),
});
export type Annotation = z.infer<typeof AnnotationSchema>;

/** How many nodes we have figures of, out of those asked about. null = the figures are not taken from nodes. */
export const CoverageSchema = z.object({ seen: z.number().int(), of: z.number().int() });

export const ChartSchema = z.object({
  metric: z.enum(CHART_METRICS),
  title: z.string(),
  unit: z.enum(CHART_UNITS),
  from: IsoTime,
  to: IsoTime,
  stepSeconds: z.number().int(),
  /** What its lines are parts of; null = they are quantiles, tiers or kinds, of everything asked about. */
  by: z.enum(CHART_PARTS).nullable(),
  /** At most 10 and "other", each with at most 300 points, all on the same grid. Empty when nothing at all can be said. */
  series: z.array(ChartSeriesSchema).max(MAX_SERIES + 1),
  source: z.enum(MEASUREMENT_SOURCES),
  simulated: z.boolean(),
  /** The last sample inside the range; null = none. */
  asOf: IsoTime.nullable(),
  coverage: CoverageSchema.nullable(),
  annotations: z.array(AnnotationSchema),
  /** What a reader must know to trust the figure, such as "2 of 3 nodes export no eviction counter". */
  note: z.string().nullable(),
  /** What a second source says of the same figure where both are known; null = there is none. */
  secondSource: z.string().nullable(),
});
export type Chart = z.infer<typeof ChartSchema>;

/** A range; without it the last hour. */
const range = {
  from: IsoTime.optional(),
  to: IsoTime.optional(),
};
const scope = {
  poolId: z.string().max(64).optional(),
  nodeId: z.string().max(64).optional(),
  tenantId: z.string().max(64).optional(),
};
export const ChartQuery = z.object({
  ...range,
  ...scope,
  /** A wish: it is raised until the range fits in 300 points. */
  stepSeconds: z.coerce.number().int().min(10).max(86_400).optional(),
  /** A line for each of the ten with the largest figure, and one for the rest. */
  by: z.enum(CHART_PARTS).optional(),
  /** Of a split chart, up to ten ids by comma: these have a line of their own, whatever their figure. */
  first: z
    .string()
    .regex(/^\w{1,64}(,\w{1,64}){0,9}$/, "Up to ten ids, separated by commas.")
    .optional(),
  /** Of a split chart of durations, which quantile its lines are; without it the p95. */
  quantile: z.enum(CHART_QUANTILES).optional(),
});
export type ChartQuery = z.infer<typeof ChartQuery>;

export const ChartSheetQuery = ChartQuery.extend({
  /** Columns for the period before, as long as the range and ending where it begins. */
  compare: z.enum(["true", "false"]).optional(),
  /** Of swap-source: each tier as a share of all. */
  shares: z.enum(["true", "false"]).optional(),
});
export type ChartSheetQuery = z.infer<typeof ChartSheetQuery>;

export const AnnotationQuery = z.object({ ...range, ...scope });
export type AnnotationQuery = z.infer<typeof AnnotationQuery>;

export const AnnotationListSchema = z.object({ items: z.array(AnnotationSchema), nextCursor: z.string().nullable() });

/** The newest marks of all kinds, newest first. */
export const RecentEventsQuery = z.object({ ...scope, limit: z.coerce.number().int().min(1).max(100).default(20) });
export type RecentEventsQuery = z.infer<typeof RecentEventsQuery>;

/** The tiers of vLLM's cache, nearest first. absent = only on disk; unknown = nothing tells. */
export const RESIDENCY_TIERS = ["gpu", "cpu", "absent", "unknown"] as const;
export type ResidencyTier = (typeof RESIDENCY_TIERS)[number];

export const ResidentAdapterSchema = z.object({
  loraName: z.string(),
  /** null = a name that nobody here gave. */
  tenantId: z.string().nullable(),
  tenantSlug: z.string().nullable(),
  adapterSlug: z.string().nullable(),
  versionId: z.string().nullable(),
  versionNumber: z.number().int().nullable(),
  tier: z.enum(RESIDENCY_TIERS),
  /** Since when, as far as the scrapes show; null = absent or unknown. */
  since: IsoTime.nullable(),
  /** The node lists it. false = unloaded, but its weights still take room. */
  loaded: z.boolean(),
});
export type ResidentAdapter = z.infer<typeof ResidentAdapterSchema>;

const TierUseSchema = z.object({ used: MeasurementSchema, size: z.number().int() });
export const NodeResidencySchema = z.object({
  items: z.array(ResidentAdapterSchema),
  /** Adapters with a slot out of max_loras; with a copy in host memory, slots' included, out of max_cpu_loras. */
  slots: z.object({ gpu: TierUseSchema, cpu: TierUseSchema }),
  /** Why the tiers are unknown and what would tell; null = they are known. */
  note: z.string().nullable(),
  asOf: IsoTime.nullable(),
});
export type NodeResidency = z.infer<typeof NodeResidencySchema>;

/** How full the tiers of one node are, for lists of nodes. */
export const NodeSlotsSchema = NodeResidencySchema.omit({ items: true }).extend({ nodeId: idOf("node") });
export type NodeSlots = z.infer<typeof NodeSlotsSchema>;
export const NodeSlotsQuery = PageQuery.extend({ poolId: idOf("pool").optional() });
export type NodeSlotsQuery = z.infer<typeof NodeSlotsQuery>;
