import * as z from "zod";
import { IsoTime, idOf, MeasurementSchema, PageQuery, pageOf } from "#lib/http/schema.ts";

/** The seven ways in which a pool of adapters goes wrong without anybody doing something wrong. */
export const PITFALLS = [
  "eviction_thrash",
  "rank_padding",
  "answer_change",
  "cpu_starvation",
  "mismatch",
  "batch_composition",
  "missing_fallback",
] as const;
export type Pitfall = (typeof PITFALLS)[number];

/** critical = customers get wrong or no answers; warning = they wait or may; notice = it only costs. */
export const FINDING_SEVERITIES = ["critical", "warning", "notice"] as const;

export const FINDING_SUBJECTS = ["pool", "node", "tenant", "version"] as const;

/** One figure that a finding rests on. */
const FindingEvidenceSchema = z.object({
  label: z.string(),
  figure: MeasurementSchema,
  /** How it was computed, or what it is compared with. */
  note: z.string().nullable(),
});
export type FindingEvidence = z.infer<typeof FindingEvidenceSchema>;

/** What a finding says. */
export const FindingBodySchema = z.object({
  /** What was seen and what to do about it, with their numbers, in one sentence. */
  sentence: z.string(),
  evidence: z.array(FindingEvidenceSchema),
  /** Why it happens. */
  cause: z.string(),
  fix: z.object({
    sentence: z.string(),
    /** To be run in a shell, exactly; null = it is done in the console only. */
    command: z.string().nullable(),
    /** Where the console does it, filled in as far as it can be. */
    action: z.object({ label: z.string(), href: z.string() }).nullable(),
    /** How to go back. */
    undo: z.string().nullable(),
  }),
  /** What the fix is predicted to bring: never a Measurement. null = nothing is predicted. */
  forecast: z
    .object({
      what: z.string(),
      unit: z.string(),
      before: z.number(),
      after: z.number(),
      /** What it was computed from, and what it does not know. */
      note: z.string(),
    })
    .nullable(),
});
export type FindingBody = z.infer<typeof FindingBodySchema>;

export const PitfallFindingSchema = FindingBodySchema.extend({
  id: idOf("fnd"),
  pitfall: z.enum(PITFALLS),
  /** Such as "Eviction thrash". */
  title: z.string(),
  severity: z.enum(FINDING_SEVERITIES),
  subject: z.object({ type: z.enum(FINDING_SUBJECTS), id: z.string(), name: z.string() }),
  poolId: idOf("pool"),
  nodeId: z.string().nullable(),
  tenantId: z.string().nullable(),
  firstSeenAt: IsoTime,
  /** When a detector last saw it. */
  lastSeenAt: IsoTime,
  /** null = it is still there, or nobody can tell. */
  clearedAt: IsoTime.nullable(),
});
export type PitfallFinding = z.infer<typeof PitfallFindingSchema>;

export const FindingPage = pageOf(PitfallFindingSchema).extend({
  /** When the detectors last ran with success; null = never. */
  lookedAt: IsoTime.nullable(),
});

export const FINDING_STATES = ["open", "cleared", "all"] as const;
export const PoolFindingsQuery = PageQuery.extend({ state: z.enum(FINDING_STATES).default("open") });
export const FindingsQuery = PoolFindingsQuery.extend({
  pitfall: z.enum(PITFALLS).optional(),
  poolId: idOf("pool").optional(),
  /** Those of a node, and those of its pool as a whole. */
  nodeId: idOf("node").optional(),
  tenantId: idOf("ten").optional(),
});
export type FindingsQuery = z.output<typeof FindingsQuery>;
